/** Who is measured: commands that fetch one address, or a list of them, into a folder made for that round. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readThrough, warmMemory } from '../machine.ts'
import type { Fresh } from '../rounds.ts'

export interface Errand {
  readonly url: string
  readonly sha256: string
  /** Read once before each round. */
  readonly path: string
  /** New folders are made here, and left. */
  readonly folder: string
}

export interface Entrant {
  readonly name: string
  /** Programs that it cannot do without. */
  readonly needs: readonly string[]
  readonly command: (errand: Errand) => Fresh['command']
  /** What is measured, and no peer. */
  readonly spec?: (errand: Errand) => string
}

const tsx = fileURLToPath(new URL('../../node_modules/.bin/tsx', import.meta.url))
const build = fileURLToPath(new URL('../../build.ts', import.meta.url))

export const curl: Entrant = {
  name: 'curl, then openssl sha256',
  needs: ['curl', 'openssl'],
  command: ({ url }) => ['sh', '-c', 'curl -fsS -o file "$1" && openssl sha256 file', 'sh', url],
}

/** As safe from a power cut as what `build` calls done. */
export const curlOnDisk: Entrant = {
  name: 'curl, openssl sha256, sync',
  needs: ['curl', 'openssl', 'sync'],
  command: ({ url }) => ['sh', '-c', 'curl -fsS -o file "$1" && openssl sha256 file && sync file', 'sh', url],
}

export const wget: Entrant = {
  name: 'wget, then sha256sum',
  needs: ['wget', 'sha256sum'],
  command: ({ url }) => ['sh', '-c', 'wget -q -O file "$1" && sha256sum file', 'sh', url],
}

/** As it comes, except for what is asked for. */
export const aria2c = (
  connections: number,
  ...options: readonly ('--checksum' | 'no space ahead')[]
): Entrant => ({
  name: ['aria2c', `-x${connections}`, ...options].join(' ').replace(' no', ', no'),
  needs: ['aria2c'],
  command: ({ url, sha256 }) => [
    'aria2c',
    '--quiet',
    '--no-conf',
    `-x${connections}`,
    `-s${connections}`,
    ...(options.includes('--checksum') ? [`--checksum=sha-256=${sha256}`] : []),
    ...(options.includes('no space ahead') ? ['--file-allocation=none'] : []),
    url,
  ],
})

export const ours = (connections: number): Entrant => ({
  name: `build, ${connections} connections, SHA-256`,
  needs: [],
  command: () => [tsx, build, 'build'],
  spec: ({ url }) => specOf(connections, [`url: ${url}`, 'file: file']),
})

export const aria2cList = (connections: number): Entrant => ({
  name: `aria2c -i -j${connections}`,
  needs: ['aria2c'],
  command: ({ path }) => ['aria2c', '--quiet', '--no-conf', `-j${connections}`, '-i', path],
})

export const ourList = (connections: number): Entrant => ({
  name: `build, urls, ${connections} connections`,
  needs: [],
  command: () => [tsx, build, 'build'],
  spec: ({ path }) => specOf(connections, [`urls: { from: ${path} }`]),
})

const specOf = (connections: number, source: readonly string[]): string =>
  `version: 1
root: data
archives: discard
hosts: { 127.0.0.1: { connections: ${connections} } }
targets:
  fetched:
    sources:
      - ${source.join('\n        ')}
`

/** Each round in a folder of its own, with memory that is there; what the round before left to the disk is written first. */
export function enter({ name, command, spec }: Entrant, errand: Errand): Fresh {
  let rounds = 0
  return {
    name,
    command: command(errand),
    prepare() {
      const folder = join(errand.folder, `${name.replace(/\W+/g, '-')}-${(rounds += 1)}`)
      mkdirSync(folder, { recursive: true })
      if (spec) writeFileSync(join(folder, 'datasets.yaml'), spec(errand))
      execFileSync('sync', ['-f', folder])
      warmMemory(errand.folder)
      readThrough(errand.path)
      return Promise.resolve(folder)
    },
  }
}
