/** What hosts of the oracle's histories publish: a few small files of every kind, each in versions, on a mirror. */

import { type Mirror, startMirror } from '../../demo/mirror.ts'
import { tarOf } from '../rig/tars.ts'
import { zipOf } from '../rig/zips.ts'
import { sha256 } from '../sweep/world.ts'
import type { Content, Source, Tree } from './asked.ts'

export const files = ['alpha.zip', 'beta.zip', 'gamma.tar', 'notes.json', 'LICENSE', 'list.txt'] as const
export type File = (typeof files)[number]
export type Version = 0 | 1

/** Paths and texts. Version 1 keeps some of version 0. */
const archives: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  'alpha.zip': [
    { 'wrap/one.png': 'one', 'wrap/sub/two.gif': 'two', 'read.me': 'alpha' },
    { 'wrap/one.png': 'one', 'wrap/sub/two.gif': 'mended', 'read.me': 'alpha' },
  ],
  // What differs lies outside of the folder.
  'beta.zip': [
    { 'wrap/three.png': 'three', 'read.me': 'beta' },
    { 'wrap/three.png': 'three', 'read.me': 'beta, mended' },
  ],
  'gamma.tar': [
    { 'wrap/four.png': 'four', 'wrap/five': 'five' },
    { 'wrap/four.png': 'four', 'wrap/six': 'six' },
  ],
}
const plain: Readonly<Record<string, readonly string[]>> = {
  'notes.json': ['[{"a":1},{"a":2}]', '[{"a":1}]'],
  LICENSE: ['Do as you like.\n', 'Do as I say.\n'],
}
const listed: Readonly<Record<string, string>> = { 'u1.dat': 'first', 'u2.dat': 'second', 'u3.dat': 'third' }
const lists = [
  ['u1.dat', 'u2.dat'],
  ['u1.dat', 'u3.dat'],
] as const

export const kindOf = (file: File): Source['kind'] =>
  ({
    'alpha.zip': 'unzip',
    'beta.zip': 'unzip',
    'gamma.tar': 'untar',
    'notes.json': 'json',
    LICENSE: 'file',
    'list.txt': 'urls',
  })[file] as Source['kind']

const digested = (texts: Readonly<Record<string, string>>): Tree =>
  Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, sha256(text)]))

function bytesAndFiles(file: File, version: Version, mirror: string): readonly [Buffer, Tree] {
  const texts = archives[file]?.[version]
  if (texts !== undefined) {
    const entries = Object.entries(texts).map(([name, content]) => ({ name, content }))
    return [file.endsWith('.zip') ? zipOf(entries) : tarOf(entries), digested(texts)]
  }
  const text = plain[file]?.[version]
  if (text !== undefined) return [Buffer.from(text), { [file]: sha256(text) }]
  const names = lists[version]
  const list = names.map(name => `${mirror}/${name}\n`).join('')
  return [Buffer.from(list), digested(Object.fromEntries(names.map(name => [name, listed[name] ?? ''])))]
}

export interface Hosts {
  readonly mirror: Mirror
  readonly contentOf: (file: File, version: Version) => Content
  /** Under both of its addresses. */
  readonly publish: (file: File, version: Version) => void
  readonly addressOf: (file: File, moved: boolean) => string
}

export async function openHosts(): Promise<Hosts> {
  const mirror = await startMirror()
  for (const [name, text] of Object.entries(listed)) mirror.serve(`/${name}`, Buffer.from(text))
  return {
    mirror,
    contentOf(file, version) {
      const [bytes, tree] = bytesAndFiles(file, version, mirror.url)
      const records = file === 'notes.json' ? 2 - version : undefined
      return { digest: sha256(bytes), files: tree, ...(records !== undefined && { records }) }
    },
    publish(file, version) {
      const [bytes] = bytesAndFiles(file, version, mirror.url)
      for (const folder of ['', '/moved'])
        mirror.serve(`${folder}/${file}`, bytes, { does: 'tagged', etag: `"${file}-${version}"` })
    },
    addressOf: (file, moved) => `${mirror.url}${moved ? '/moved' : ''}/${file}`,
  }
}
