/**
 * A folder with a few small published files, a mirror on loopback that serves the same, and the spec of a playground that
 * is built of them. Files are published in versions that share some of their contents. Judges nothing.
 */

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Mirror, startMirror } from '../../demo/mirror.ts'
import { zipOf } from '../rig/zips.ts'

export type Name = 'alpha.zip' | 'beta.zip' | 'shared.zip' | 'notes.json' | 'LICENSE'
export type Version = 1 | 2

/** Files of an archive, and the text that they hold. */
type Contents = Readonly<Record<string, string>>

const archives: Readonly<Record<string, Readonly<Record<Version, Contents>>>> = {
  'alpha.zip': {
    1: { 'wrap/one.jpg': 'one', 'wrap/sub/two.png': 'two', 'wrap/three.gif': 'three', 'read.me': 'alpha' },
    2: {
      'wrap/one.jpg': 'one',
      'wrap/sub/two.png': 'two, mended',
      'wrap/four.gif': 'four',
      'read.me': 'alpha',
    },
  },
  'beta.zip': {
    1: { 'a.png': 'a of beta', 'deep/b.jpg': 'b', 'deep/c.gif': 'c' },
    2: { 'a.png': 'a of beta', 'deep/b.jpg': 'b, mended', 'd.gif': 'd', e: 'e' },
  },
  'shared.zip': {
    1: { 'x/1.jpg': '1', 'x/2.png': '2', 'y/3.jpg': '3' },
    2: { 'x/1.jpg': '1, mended', 'x/2.png': '2', 'y/3.jpg': '3', 'y/4.gif': '4' },
  },
}

const files: Readonly<Record<string, Readonly<Record<Version, string>>>> = {
  'notes.json': { 1: '[{"image":"one.jpg"},{"image":"a.png"}]', 2: '[{"image":"one.jpg"}]' },
  LICENSE: { 1: 'Do as you like.\n', 2: 'Do as you like, but say who made it.\n' },
}

/** Long enough to be torn in the middle. */
const repeats = 9

function bytesOf(name: Name, version: Version): Buffer {
  const contents = archives[name]?.[version]
  if (contents === undefined) return Buffer.from(files[name]?.[version] ?? '')
  return zipOf(
    Object.entries(contents).map(([path, text]) => ({
      name: path,
      content: text.repeat(repeats),
      method: 8,
    })),
  )
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Of everything that any version of any file holds. */
export const versionedDigests: ReadonlySet<string> = new Set([
  ...Object.values(archives)
    .flatMap(versions => Object.values(versions))
    .flatMap(contents => Object.values(contents))
    .map(text => sha256(text.repeat(repeats))),
  ...Object.values(files)
    .flatMap(versions => Object.values(versions))
    .map(text => sha256(text)),
])

export const pin = (name: Name, version: Version): string => sha256(bytesOf(name, version))

export interface World {
  readonly folder: string
  readonly spec: string
  /** Of the playground, as the spec says. */
  readonly root: string
  readonly mirror: Mirror
  /** Puts a version of a file where both the spec's folder and the mirror give it. */
  publish(name: Name, version: Version): void
  write(spec: string): void
  close(): Promise<void>
}

/** In memory where that can be had: a sweep syncs many thousand times. */
export const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export async function makeWorld(): Promise<World> {
  const folder = mkdtempSync(join(scratch, 'groundwork-sweep-'))
  const mirror = await startMirror()
  for (const name of ['published', 'data']) mkdirSync(join(folder, name))
  const world: World = {
    folder,
    spec: join(folder, 'datasets.yaml'),
    root: join(folder, 'data'),
    mirror,
    publish(name, version) {
      const bytes = bytesOf(name, version)
      const beside = join(folder, 'published', `.${name}`)
      writeFileSync(beside, bytes)
      renameSync(beside, join(folder, 'published', name))
      mirror.serve(`/${name}`, bytes)
    },
    write: spec => writeFileSync(join(folder, 'datasets.yaml'), spec),
    async close() {
      await mirror.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  for (const name of ['alpha.zip', 'beta.zip', 'shared.zip', 'notes.json', 'LICENSE'] as const)
    world.publish(name, 1)
  return world
}
