/** Who is measured: commands that unpack one zip, from a path or from an address, into the folder of their round. */

import { buildCommand, type Entrant, ownProgram, pythonItself, shell, specOf } from '../entrants.ts'

/** An entrant, and what it leaves on disk: nothing is deleted before its scenario is over. */
export interface Unpacker extends Entrant {
  readonly leaves: 'tree' | 'archive' | 'both' | 'nothing'
}

type Words = readonly string[]

/** As each comes: overwriting is asked for where it would ask. */
const local = (name: string, program: string, words: (path: string) => Words): Unpacker => ({
  name,
  role: 'peer',
  needs: [program],
  leaves: 'tree',
  command: ({ path }) => [program, ...words(path)],
})

export const unzip = local('unzip', 'unzip', path => ['-q', path, '-d', 'tree'])
export const sevenZip = local('7z', '7z', path => ['x', '-y', '-bd', '-otree', path])
export const bsdtar = local('bsdtar', 'bsdtar', path => ['-xf', path])

/** As safe from a power cut as what `build` calls done. */
export const unzipOnDisk: Unpacker = {
  ...unzip,
  name: 'unzip, sync',
  needs: ['unzip', 'sync'],
  command: ({ path }) => shell('unzip -q "$1" -d tree && sync -f tree', path),
}

const python = (name: string, leaves: Unpacker['leaves'], program: string): Unpacker => ({
  name,
  role: 'peer',
  needs: ['python3'],
  leaves,
  command: ({ path }) => [pythonItself(), '-c', program, path],
})

export const zipfile = python(
  'python zipfile',
  'tree',
  'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall("tree")',
)

const fetching = (name: string, needs: Words, leaves: Unpacker['leaves'], line: string): Unpacker => ({
  name,
  role: 'peer',
  needs,
  leaves,
  command: ({ url }) => shell(line, url),
})

export const aria2cThenUnzip = fetching(
  'aria2c -x8 && unzip',
  ['aria2c', 'unzip'],
  'both',
  'aria2c --quiet --no-conf -x8 -s8 -o images.zip "$1" && unzip -q images.zip -d tree',
)
export const curlThenBsdtar = fetching(
  'curl && bsdtar',
  ['curl', 'bsdtar'],
  'both',
  'curl -fsS -o images.zip "$1" && bsdtar -xf images.zip',
)
/** Keeps no archive and checks none. */
export const curlIntoBsdtar = fetching(
  'curl | bsdtar -x',
  ['curl', 'bsdtar'],
  'tree',
  'curl -fsS "$1" | bsdtar -xf -',
)
export const networkAlone: Unpacker = {
  ...fetching('network alone (curl)', ['curl'], 'archive', 'curl -fsS -o images.zip "$1"'),
  role: 'part',
}

const pinned = (from: 'url' | 'path'): Unpacker => ({
  name: from === 'url' ? 'build, 8 connections' : 'build',
  role: 'ours',
  needs: [],
  leaves: 'tree',
  command: () => buildCommand,
  spec: errand => specOf(8, [`url: ${errand[from]}`, `sha256: ${errand.sha256}`, 'unzip:']),
})

/** The whole command, with the digest of the archive and of every file. */
export const buildFromPath = pinned('path')
export const buildFromAddress = pinned('url')

const itself = (name: string, file: URL, role: Entrant['role']): Entrant => ({
  name,
  role,
  needs: [],
  command: ({ path }) => ownProgram(file, path),
})

/** Of ours, from a path: no start, no digest of the archive, nothing synced or placed. */
export const unpackingAlone: Unpacker = {
  ...itself('our unpacking alone', new URL('our-unpacking.ts', import.meta.url), 'part'),
  leaves: 'tree',
}

export const ourDirectory: Unpacker = {
  ...itself('our directory', new URL('our-directory.ts', import.meta.url), 'ours'),
  leaves: 'nothing',
}
export const unzipperDirectory: Unpacker = {
  ...itself('unzipper Open.file', new URL('unzipper-directory.ts', import.meta.url), 'peer'),
  leaves: 'nothing',
}
export const zipfileDirectory = python(
  'python zipfile, infolist',
  'nothing',
  `import json, sys, time, zipfile
start = time.perf_counter(), time.process_time()
zipfile.ZipFile(sys.argv[1]).infolist()
json.dump({"seconds": time.perf_counter() - start[0], "cpuSeconds": time.process_time() - start[1]}, open("clock.json", "w"))`,
)
