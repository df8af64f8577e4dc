/** What real writers and compressors wrote is what lies in staging afterwards. Those that are not installed are left out. */

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { execa } from 'execa'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findProgram } from '../../lib/io/programs.ts'
import { Pull } from '../../lib/io/pull.ts'
import { type Ending, TarReader } from '../../lib/io/tar.ts'
import { Problem } from '../../lib/model/problem.ts'
import { files } from '../rig/parts.ts'
import { gnuLong, pax, type TarPart, tarOf } from '../rig/tars.ts'
import { compress, staged, unpack } from './rig.ts'

type Tree = Readonly<Record<string, string>>

const python = (format: string): readonly string[] => [
  'python3',
  '-c',
  `import sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.${format}) as t: t.add(".")`,
  'OUT',
]
const gnu = (format: string): readonly string[] => ['tar', `--format=${format}`, '-cf', 'OUT', '.']
const bsd = (format: string): readonly string[] => ['bsdtar', `--format=${format}`, '-cf', 'OUT', '.']

/** Command lines that pack the folder they run in; `wide`: names of any length and letters. */
const writers: Readonly<Record<string, { readonly line: readonly string[]; readonly wide: boolean }>> = {
  'GNU tar, gnu': { line: gnu('gnu'), wide: true },
  'GNU tar, pax': { line: gnu('pax'), wide: true },
  'GNU tar, ustar': { line: gnu('ustar'), wide: false },
  'GNU tar, v7': { line: gnu('v7'), wide: false },
  'bsdtar, pax': { line: bsd('pax'), wide: true },
  'bsdtar, gnutar': { line: bsd('gnutar'), wide: true },
  'bsdtar, ustar': { line: bsd('ustar'), wide: false },
  'python, PAX': { line: python('PAX_FORMAT'), wide: true },
  'python, GNU': { line: python('GNU_FORMAT'), wide: true },
  'python, USTAR': { line: python('USTAR_FORMAT'), wide: false },
}

const compressors = { gzip: '.gz', bzip2: '.bz2', xz: '.xz', zstd: '.zst' }

const isThere = (name: string | undefined): boolean => name !== undefined && findProgram([name]) !== undefined

async function pack(tree: Tree, line: readonly string[]): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-packed-'))
  const source = join(folder, 'tree')
  mkdirSync(source)
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(join(source, dirname(path)), { recursive: true })
    writeFileSync(join(source, path), content, 'latin1')
  }
  const out = join(folder, 'out.tar')
  const [program = '', ...argv] = line.map(word => (word === 'OUT' ? out : word))
  await execa(program, argv, { cwd: source })
  return readFileSync(out)
}

const content = fc.oneof(
  fc.string({ maxLength: 1200 }).map(text => Buffer.from(text).toString('latin1')),
  fc.constantFrom('', 'x'.repeat(512), 'y'.repeat(1_100_000)),
)
const plain = fc.stringMatching(/^([A-Z]{1,9}\/){0,3}[a-z]{1,9}$/)
const wide = fc.stringMatching(/^([A-Zéß漢]{1,60}\/){0,4}[a-zäœ字 ]{0,40}[a-z]$/)
const trees = (name: fc.Arbitrary<string>): fc.Arbitrary<Tree> => fc.dictionary(name, content, { maxKeys: 8 })

describe('a tree, packed and unpacked', () => {
  for (const [name, { line, wide: isWide }] of Object.entries(writers))
    test.skipIf(!isThere(line[0]))(name, async () => {
      const check = async (tree: Tree): Promise<void> => {
        const { bench, problem } = await unpack(await pack(tree, line))
        expect(problem).toBeUndefined()
        expect(staged(bench)).toEqual(tree)
        expect(bench.recorded.size).toBe(Object.keys(tree).length)
      }
      await fc.assert(fc.asyncProperty(trees(isWide ? wide : plain), check), {
        numRuns: line[0] === 'python3' ? 4 : 12,
      })
    })

  test.skipIf(!isThere('tar'))('hard links are written by GNU tar', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'groundwork-packed-'))
    const script = 'mkdir a; echo one >a/1; ln a/1 a/2; ln a/1 b; tar -cf out.tar a b'
    await execa('sh', ['-c', script], { cwd: folder })
    const { bench } = await unpack(readFileSync(join(folder, 'out.tar')))
    expect(staged(bench)).toEqual({ 'a/1': 'one\n', 'a/2': 'one\n', b: 'one\n' })
  })

  test.skipIf(!isThere('tar'))('sparse files of GNU tar are refused by name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'groundwork-packed-'))
    await execa(
      'sh',
      [
        '-c',
        'truncate -s 1M holes; for i in 1 3 5 7 9 11; do printf x | dd of=holes bs=1 seek=${i}0000 conv=notrunc status=none; done',
      ],
      { cwd: folder },
    )
    for (const format of ['gnu', 'pax']) {
      for (const version of ['0.0', '0.1', '1.0']) {
        const argv = [
          '--sparse',
          `--sparse-version=${version}`,
          `--format=${format}`,
          '-cf',
          'out.tar',
          'holes',
        ]
        await execa('tar', argv, { cwd: folder })
        const { problem } = await unpack(readFileSync(join(folder, 'out.tar')))
        expect(problem?.code).toBe('entry-unknown-method')
        expect(problem?.diagnostics[0]?.evidence).toEqual([
          { label: 'entry', text: 'holes: is a sparse file, stored with holes' },
        ])
      }
    }
  })
})

describe('compressed', () => {
  const tree = { a: 'a', 'd/large': 'x'.repeat(3_000_000), 'd/b': 'b' }
  const tar = tarOf(Object.entries(tree).map(([name, content]) => ({ name, content })))
  const half = 1_000_000

  for (const [program, ending] of Object.entries(compressors))
    describe.skipIf(!isThere(program))(program, () => {
      test('is told by the first bytes, whatever the name', async () => {
        const packed = await compress(tar, program)
        for (const fileName of [`a.tar${ending}`, 'a.tar', 'a'])
          expect(staged((await unpack(packed, { fileName })).bench)).toEqual(tree)
      })

      test('in several streams, one behind the other', async () => {
        const packed = Buffer.concat([
          await compress(tar.subarray(0, half), program),
          await compress(tar.subarray(half), program),
        ])
        const { bench, problem } = await unpack(packed)
        expect(problem).toBeUndefined()
        expect(staged(bench)).toEqual(tree)
      })

      test('one file', async () => {
        const packed = await compress(Buffer.from('text'), program)
        const { bench } = await unpack(packed, { fileName: `boxes.json${ending}` })
        expect(staged(bench)).toEqual({ 'boxes.json': 'text' })
      })

      test('cut, or other than it was', async () => {
        const packed = await compress(tarOf(files('a', 'b', 'c')), program)
        for (const wrong of [
          packed.subarray(0, packed.length - 1),
          packed.subarray(0, packed.length >> 1),
          flipped(packed),
        ]) {
          const { problem } = await unpack(wrong, { fileName: `a.tar${ending}` })
          expect(problem?.code).toBe('corrupt-archive')
          expect(problem?.diagnostics[0]?.evidence?.length).toBeGreaterThan(0)
        }
      })

      test.each([1, 3, 511, 70_000, 3 << 20])('filled up with %i zeros', async zeros => {
        const packed = Buffer.concat([await compress(tar, program), Buffer.alloc(zeros)])
        const { bench, problem } = await unpack(packed)
        expect(problem).toBeUndefined()
        expect(staged(bench)).toEqual(tree)
      })

      test.each<[string, Buffer]>([
        ['text', Buffer.from('Signed by somebody.')],
        ['text that zstd could begin with', Buffer.from('(c) somebody')],
        ['much of it', Buffer.alloc(3 << 20, 'x')],
        ['text behind zeros', Buffer.from(`${'\0'.repeat(1000)}Signed by somebody.`)],
        ['text behind many zeros', Buffer.from(`${'\0'.repeat(3 << 20)}Signed by somebody.`)],
        ['text before zeros', Buffer.from(`Signed by somebody.${'\0'.repeat(1000)}`)],
      ])('followed by %s', async (_, rest) => {
        for (const content of [tar, Buffer.from('text')]) {
          const packed = Buffer.concat([await compress(content, program), rest])
          const { bench, problem } = await unpack(packed, { fileName: `boxes.json${ending}` })
          // Where the end is far before that of the file, it is for xz to say.
          const isFar = program === 'xz' && rest.length > 70_000 && rest[0] !== 0
          expect(problem?.code).toBe(isFar ? 'corrupt-archive' : 'bytes-after-archive')
          expect(bench.recorded.size).toBe(0)
        }
      })

      test('with something else between two streams', async () => {
        const [one, two] = await Promise.all(['one', 'two'].map(text => compress(Buffer.from(text), program)))
        const packed = Buffer.concat([one as Buffer, Buffer.from('between'), two as Buffer])
        const { problem } = await unpack(packed, { fileName: `boxes.json${ending}` })
        expect(['bytes-after-archive', 'corrupt-archive']).toContain(problem?.code)
      })

      test('content of any kind, whatever its last bytes', async () => {
        const contents = fc.uint8Array({ maxLength: 40, max: 3 }).map(bytes => Buffer.from(bytes))
        const check = async (content: Buffer, zeros: number): Promise<void> => {
          const packed = Buffer.concat([await compress(content, program), Buffer.alloc(zeros)])
          const { bench, problem } = await unpack(packed, { fileName: `a${ending}` })
          expect(problem).toBeUndefined()
          expect(staged(bench)).toEqual({ a: content.toString('latin1') })
        }
        await fc.assert(fc.asyncProperty(contents, fc.nat(9), check), {
          numRuns: 20,
          // Packed by zstd, it ends with the byte of a new line.
          examples: [[Buffer.from([0, 3, 2, 0, 1, 1, 0, 2]), 0]],
        })
      })

      test('is ended when the tar below it makes no sense', async () => {
        const packed = await compress(
          Buffer.concat([tar.subarray(0, 1024), Buffer.alloc(30_000_000, 7)]),
          program,
        )
        const { problem } = await unpack(packed)
        expect(problem?.code).toBe('corrupt-tar')
      })
    })
})

/** With another byte in the middle. */
function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const at = copy.length >> 1
  copy[at] = (copy[at] as number) ^ 0xff
  return copy
}

describe('cut at every byte', () => {
  const long = `${'long/'.repeat(30)}name`
  const parts: readonly TarPart[] = [
    ...files('a'),
    pax({ path: 'b', comment: 'é' }),
    { content: 'pax' },
    gnuLong('L', long),
    { content: 'gnu', form: 'gnu' },
    { name: 'c', type: '1', goal: 'a' },
    { name: 'd', content: 'x'.repeat(513) },
  ]
  const tar = tarOf(parts)
  const end = tar.length - 1024
  const tree = { a: 'a', b: 'pax', [long]: 'gnu', c: 'a', d: 'x'.repeat(513) }

  /** Of the reader alone: the files that it gives, or what it throws. */
  async function outcomeOf(bytes: Buffer): Promise<readonly [string, Tree, Ending?]> {
    const reader = new TarReader('a.tar', new Pull(Readable.from([bytes])))
    const found: Record<string, string> = {}
    try {
      for (let entry = await reader.next(); entry; entry = await reader.next())
        found[entry.path] = (await reader.whole()).toString('latin1')
      return ['whole', found, await reader.ending()]
    } catch (error) {
      return [error instanceof Problem ? error.code : String(error), found]
    }
  }

  test('a tar is refused, or known to lack its end', async () => {
    // Behind each entry, as all readers have it.
    const between = [0, 1024, 3072, 5120, 5632]
    for (let length = 0; length < end; length += 1) {
      const [outcome, found, ending] = await outcomeOf(tar.subarray(0, length))
      expect(outcome, `${length} bytes`).toBe(between.includes(length) ? 'whole' : 'corrupt-tar')
      if (outcome === 'whole') expect(ending).toMatchObject({ isMarked: false })
      expect(tree).toMatchObject({ ...found, c: 'a' })
    }
    for (let length = end; length <= tar.length; length += 1) {
      const [outcome, found, ending] = await outcomeOf(tar.subarray(0, length))
      expect([outcome, found]).toEqual(['whole', { ...tree, c: '' }])
      const isMarked = length >= end + 512
      expect(ending).toEqual({ isMarked, strayBytes: 0, isAnother: false, isInRecord: false })
    }
  })

  test('nothing is recorded of it', async () => {
    for (const length of [513, 1025, 4000, 6200, end - 1]) {
      const { problem, bench } = await unpack(tar.subarray(0, length))
      expect(problem?.code).toBe('corrupt-tar')
      expect(bench.recorded.size).toBe(0)
    }
    const { bench } = await unpack(tar.subarray(0, end))
    expect(staged(bench)).toEqual(tree)
    expect(bench.told.map(({ code, severity }) => [code, severity])).toEqual([['corrupt-tar', 'warning']])
  })

  test('gzip is refused', async () => {
    const packed = gzipSync(tar)
    for (let length = 3; length < packed.length; length += 1) {
      const { problem } = await unpack(packed.subarray(0, length), { fileName: 'a.tar.gz' })
      expect(problem?.code, `${length} bytes`).toBe('corrupt-archive')
    }
  })
})
