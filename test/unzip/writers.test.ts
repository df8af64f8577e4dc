/** Trees packed by the programs that people use: what is unpacked is the tree, and another reader sees the same. */

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import fc from 'fast-check'
import unzipper from 'unzipper'
import { afterAll, describe, expect, test } from 'vitest'
import { flawOfName } from '../../tasks/unzip/names.ts'
import { staged, stagedPath, unpack } from './rig.ts'

type Tree = ReadonlyMap<string, Buffer>

/** Packs what lies in a folder, and returns the archive. */
type Writer = (folder: string) => Promise<Buffer>

const env = { LC_ALL: 'C.UTF-8' }

/** To a file beside the folder. */
const toFile =
  (program: string, ...args: readonly string[]): Writer =>
  async folder => {
    const path = `${folder}.zip`
    await execa(program, [...args, path, '.'], { cwd: folder, env, stdin: 'ignore' })
    try {
      return readFileSync(path)
    } finally {
      rmSync(path)
    }
  }

/** To a pipe, in which nobody can go back: sizes stand behind the data. */
const toPipe =
  (program: string, ...args: readonly string[]): Writer =>
  async folder => {
    const { stdout } = await execa(program, [...args], {
      cwd: folder,
      env,
      stdin: 'ignore',
      encoding: 'buffer',
      stripFinalNewline: false,
      maxBuffer: 1 << 30,
    })
    return Buffer.from(stdout)
  }

const bsdtarToPipe = toPipe('bsdtar', '--format', 'zip', '-cf', '-', '.')

/** As a tar it is filled up with zeros to a whole block. */
const withoutPadding = (zip: Buffer): Buffer => zip.subarray(0, zip.lastIndexOf('PK\x05\x06') + 22)

const python = (method: 'STORED' | 'DEFLATED', zip64: boolean): string => `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1] if len(sys.argv) > 1 else sys.stdout.buffer, 'w', zipfile.ZIP_${method}) as z:
    for folder, folders, files in os.walk('.'):
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), '.')
            with z.open(zipfile.ZipInfo.from_file(path), 'w', force_zip64=${zip64 ? 'True' : 'False'}) as out:
                with open(path, 'rb') as content:
                    out.write(content.read())
`

const writers: readonly (readonly [name: string, program: string, write: Writer])[] = [
  ['zip', 'zip', toFile('zip', '-qr')],
  ['zip, stored', 'zip', toFile('zip', '-qr0')],
  ['zip, to a pipe', 'zip', toPipe('zip', '-qr', '-', '.')],
  ['zip, with ZIP64', 'zip', toFile('zip', '-qr', '-fz')],
  ['zip, outside of UTF-8', 'zip', folder => toFile('env', 'LC_ALL=C', 'zip', '-qr')(folder)],
  ['7z', '7z', toFile('7z', 'a', '-tzip', '-mcu=on', '-bso0')],
  ['7z, stored', '7z', toFile('7z', 'a', '-tzip', '-mcu=on', '-mx=0', '-bso0')],
  ['bsdtar', 'bsdtar', toFile('bsdtar', '--format', 'zip', '-cf')],
  ['bsdtar, to a pipe', 'bsdtar', async folder => withoutPadding(await bsdtarToPipe(folder))],
  ['python, stored', 'python3', toFile('python3', '-c', python('STORED', false))],
  ['python, deflated', 'python3', toFile('python3', '-c', python('DEFLATED', false))],
  ['python, to a pipe', 'python3', toPipe('python3', '-c', python('DEFLATED', false))],
  ['python, with ZIP64', 'python3', toFile('python3', '-c', python('DEFLATED', true))],
  ['python, with ZIP64, to a pipe', 'python3', toPipe('python3', '-c', python('STORED', true))],
]

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const isThere = (program: string): boolean => spawnSync(program, ['--help']).error === undefined

/** zip reads its standard input in place of a file of this name. */
const takenForInput = '-'

const name = fc
  .oneof(
    fc.stringMatching(/^[a-zA-Z0-9 ._-]{1,12}$/),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  )
  .filter(
    name =>
      !/[/\\\p{Cc}\p{Cs}\ufffd]|^[a-zA-Z]:/u.test(name) &&
      !['.', '..', '__MACOSX', takenForInput].includes(name) &&
      flawOfName(name) === undefined,
  )

const content = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  fc
    .tuple(fc.integer({ min: 1, max: 5_000_000 }), fc.string({ minLength: 1 }))
    .map(([bytes, text]) => Buffer.alloc(bytes, text)),
)

const trees: fc.Arbitrary<Tree> = fc
  .array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 4 }), content), { minLength: 1, maxLength: 12 })
  .map(files => {
    const tree = new Map<string, Buffer>()
    const folders = new Set<string>()
    for (const [names, bytes] of files) {
      const above = names.map((_, i) => names.slice(0, i).join('/')).slice(1)
      const path = names.join('/')
      if (tree.has(path) || folders.has(path) || above.some(folder => tree.has(folder))) continue
      above.forEach(folder => folders.add(folder))
      tree.set(path, bytes)
    }
    return tree
  })

function lay(tree: Tree): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'groundwork-writer-')), 'tree')
  mkdirSync(join(folder, 'nothing in it'), { recursive: true })
  for (const [path, bytes] of tree) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  return folder
}

async function pack(tree: Tree, write: Writer): Promise<Buffer> {
  const folder = lay(tree)
  try {
    return await write(folder)
  } finally {
    rmSync(dirname(folder), { recursive: true })
  }
}

async function expectTree(tree: Tree, zip: Buffer): Promise<void> {
  const { bench, problem } = await unpack(zip)
  try {
    expect(problem?.diagnostics).toBeUndefined()
    expect(staged(bench)).toEqual([...tree.keys()].toSorted())
    for (const [path, bytes] of tree)
      expect(readFileSync(stagedPath(bench, path)).equals(bytes), path).toBe(true)
    expect(bench.recorded.size).toBe(tree.size)
  } finally {
    rmSync(dirname(bench.staging), { recursive: true })
  }
}

/** What a reader sees that shares no code with ours. */
async function expectOtherReader(tree: Tree, zip: Buffer): Promise<void> {
  const { files } = await unzipper.Open.buffer(zip)
  const seen = new Map<string, Buffer>()
  for (const file of files)
    if (file.type === 'File') seen.set(file.path.replace(/^\.\//, ''), await file.buffer())
  expect([...seen.keys()].toSorted()).toEqual([...tree.keys()].toSorted())
  for (const [path, bytes] of tree) expect(seen.get(path)?.equals(bytes), path).toBe(true)
}

test.skipIf(!isThere('bsdtar'))('padding behind a zip is refused', async () => {
  const { problem } = await unpack(await pack(new Map([['a', Buffer.from('a')]]), bsdtarToPipe))
  expect(problem?.code).toBe('bytes-after-zip')
})

describe.each(writers)('%s', (_, program, write) => {
  test.skipIf(!isThere(program))('any tree', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(trees, async tree => expectTree(tree, await pack(tree, write))),
      { numRuns: 4 },
    )
  })
})

/** One of each program; what they do with many files does not depend on the rest. */
const ofMany = ['zip, to a pipe', '7z', 'bsdtar', 'python, with ZIP64']

describe('thousands of files and a large one', () => {
  const there = writers.filter(([name, program]) => ofMany.includes(name) && isThere(program))
  const tree = new Map([['large', Buffer.alloc(5_000_000, 'large and the same ')]])
  for (let i = 0; i < 2000; i += 1) tree.set(`${i % 50}/${i}.txt`, Buffer.from(`${i} `.repeat(i % 90)))
  const digests = new Map([...tree].map(([path, bytes]) => [path, sha256(bytes)]))
  const folder = lay(tree)
  afterAll(() => rmSync(dirname(folder), { recursive: true }))

  test.each(there)('%s', { timeout: 60_000 }, async (_, __, write) => {
    const zip = await write(folder)
    const { bench, problem } = await unpack(zip)
    expect(problem?.diagnostics).toBeUndefined()
    expect(new Map([...bench.recorded].map(([path, { sha256 }]) => [path, sha256]))).toEqual(digests)
    expect(staged(bench)).toEqual([...tree.keys()].toSorted())
    rmSync(dirname(bench.staging), { recursive: true })
    await expectOtherReader(tree, zip)
  })
})
