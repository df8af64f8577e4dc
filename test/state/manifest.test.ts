import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ColumnarManifest, withTimes } from '../../lib/model/manifest.ts'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { decodeManifest, encodeManifest } from '../../lib/model/manifest-codec.ts'

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

/** Paths to contents. */
type Files = ReadonlyMap<string, string>

function treeOf(files: Files | Iterable<readonly [string, string]>): ColumnarManifest {
  const builder = new ManifestBuilder()
  for (const [path, content] of files) builder.add(path, Buffer.byteLength(content), sha256(content))
  return builder.finish('tree')
}

const rowsOf = (manifest: ColumnarManifest) =>
  Array.from({ length: manifest.count }, (_, i) => ({
    path: manifest.path(i),
    bytes: manifest.size(i),
    sha256: manifest.sha256(i),
    times: [manifest.mtimeMs(i), manifest.ctimeMs(i), manifest.inode(i)],
  }))

/** By the sentence in merkle.ts alone, folder by folder. */
function naiveDigest(files: Files): Buffer {
  const children = new Map<string, Map<string, string>>()
  for (const [path, content] of files) {
    const [name = '', ...rest] = path.split('/')
    const key = rest.length > 0 ? `${name}/` : name
    children.set(key, (children.get(key) ?? new Map()).set(rest.join('/'), content))
  }
  const records = [...children]
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([key, inside]) =>
      key.endsWith('/')
        ? Buffer.concat([Buffer.from(`d${key.slice(0, -1)}\0`), naiveDigest(inside)])
        : Buffer.concat([Buffer.from(`f${key}\0`), Buffer.from(sha256(inside.get('') ?? ''), 'hex')]),
    )
  return createHash('sha256').update(Buffer.concat(records)).digest()
}

/** Names that sort differently as UTF-16, and around the slash. */
const nameArb = fc.oneof(
  fc.constantFrom('a', 'a-b', 'a.b', 'ab', 'é', '\uffee', '\u{1f40d}', '0', '10', '9'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }).filter(name => !/[/\0]/.test(name)),
)
/** Folders have names of their own, as no disk has a file and a folder of one name. */
const pathArb = fc
  .tuple(
    fc.array(
      nameArb.map(name => `${name}_`),
      { maxLength: 3 },
    ),
    nameArb.filter(name => !name.endsWith('_')),
  )
  .map(([folders, name]) => [...folders, name].join('/'))
const filesArb = fc.uniqueArray(fc.tuple(pathArb, fc.string({ maxLength: 3 })), {
  selector: ([path]) => path,
  maxLength: 40,
})

test('the digest of a tree is the one that its description gives elsewhere', () => {
  const manifest = treeOf([
    ['a-b.txt', 'three'],
    ['a/x.jpg', 'one'],
    ['é.png', ''],
    ['a/deep/y.jpg', 'two'],
    ['a.txt', 'four'],
  ])
  // Computed by a dozen lines of Python from the comment in merkle.ts.
  expect(manifest.digest).toBe('a3741f10b9a16417771707680dc2f8eed6415f0ea8e7ca90943372967d8c3499')
  expect(treeOf([]).digest).toBe(sha256(''))
})

test('entries are sorted by bytes, found by path, and hashed as described, in whatever order they came', () => {
  fc.assert(
    fc.property(filesArb, files => {
      const manifest = treeOf(files)
      const sorted = files.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      expect(rowsOf(manifest)).toEqual(
        sorted.map(([path, content]) => ({
          path,
          bytes: Buffer.byteLength(content),
          sha256: sha256(content),
          times: [0, 0, 0],
        })),
      )
      expect(sorted.map(([path]) => manifest.find(path))).toEqual(sorted.map((_, i) => i))
      expect(manifest.find('not/there')).toBe(-1)
      expect(manifest.bytes).toBe(sorted.reduce((sum, [, content]) => sum + Buffer.byteLength(content), 0))
      expect(manifest.digest).toBe(naiveDigest(new Map(files)).toString('hex'))
    }),
  )
})

test('a manifest survives its bytes', () => {
  fc.assert(
    fc.property(filesArb, fc.double({ noNaN: true }), (files, takenAtMs) => {
      const bare = treeOf(files)
      const times = files.map(
        (_, i) => [i, { mtimeMs: i + 0.25, ctimeMs: takenAtMs, ino: 2 ** 52 + i }] as const,
      )
      const manifest = withTimes(bare, takenAtMs, times)
      const read = decodeManifest(encodeManifest(manifest)) as ColumnarManifest
      expect(read).toMatchObject({ count: files.length, bytes: bare.bytes, digest: bare.digest, takenAtMs })
      expect(rowsOf(read)).toEqual(rowsOf(manifest))
    }),
  )
})

test('it grows past its first room', () => {
  const files = Array.from({ length: 3000 }, (_, i) => [`${'long/'.repeat(20)}${i}`, ''] as const)
  const manifest = treeOf(files)
  expect(manifest.count).toBe(3000)
  expect(files.every(([path]) => manifest.path(manifest.find(path)) === path)).toBe(true)
})

test('new times replace only those of the entries that have them', () => {
  const bare = treeOf([
    ['a', '1'],
    ['b', '2'],
  ])
  const first = withTimes(bare, 10, [
    [0, { mtimeMs: 1, ctimeMs: 2, ino: 3 }],
    [1, { mtimeMs: 4, ctimeMs: 5, ino: 6 }],
  ])
  const second = withTimes(first, 20, [[1, { mtimeMs: 7, ctimeMs: 8, ino: 9 }]])
  expect(rowsOf(second).map(({ times }) => times)).toEqual([
    [1, 2, 3],
    [7, 8, 9],
  ])
  expect(rowsOf(first).map(({ times }) => times)[1]).toEqual([4, 5, 6])
  expect([bare, first, second].map(({ takenAtMs }) => takenAtMs)).toEqual([0, 10, 20])
  expect(second.digest).toBe(bare.digest)
})

describe('the builder', () => {
  test('keeps the last of a path that was added twice', () => {
    const manifest = treeOf([
      ['a', 'old'],
      ['b', ''],
      ['a', 'newer'],
    ])
    expect(rowsOf(manifest).map(({ path, bytes }) => [path, bytes])).toEqual([
      ['a', 5],
      ['b', 0],
    ])
  })

  test('gives a file artifact the digest of its file', () => {
    const builder = new ManifestBuilder()
    builder.add('images.zip', 3, sha256('zip'))
    expect(builder.finish('file').digest).toBe(sha256('zip'))
    builder.add('second.zip', 3, sha256('zip'))
    expect(() => builder.finish('file')).toThrow('a file artifact has one file, not 2')
  })

  test.each(['', 'ab', 'zz'.repeat(32), 'ab'.repeat(33)])('refuses %j as a digest', digest => {
    const builder = new ManifestBuilder()
    expect(() => builder.add('a', 1, digest)).toThrow('not a SHA-256')
    expect(builder.count).toBe(0)
  })
})

describe('what is not a whole manifest reads as undefined', () => {
  const whole = encodeManifest(
    treeOf([
      ['images/1.jpg', 'one'],
      ['images/2.jpg', 'two'],
    ]),
  )

  test('cut at every byte', () => {
    for (let length = 0; length < whole.length; length++)
      expect(decodeManifest(whole.subarray(0, length)), `${length} bytes`).toBeUndefined()
  })

  test('one byte changed, anywhere', () => {
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] as number) ^ 0x11
      expect(decodeManifest(changed), `byte ${at}`).toBeUndefined()
    }
  })

  test('bytes behind it', () => {
    expect(decodeManifest(Buffer.concat([whole, Buffer.from('x')]))).toBeUndefined()
  })

  test('any bytes, also behind our magic', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 90 }), (bytes, kept) => {
        const foreign = Buffer.concat([whole.subarray(0, Math.min(kept, 80)), bytes])
        expect(decodeManifest(foreign)).toBeUndefined()
      }),
    )
  })

  test('wherever the bytes lie in memory, they are read', () => {
    for (let offset = 0; offset < 8; offset++) {
      const shifted = Buffer.concat([Buffer.alloc(offset), whole]).subarray(offset)
      expect(decodeManifest(shifted)?.path(1)).toBe('images/2.jpg')
    }
  })
})
