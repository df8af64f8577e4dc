/** A thread hashes a file behind its writer. */

import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Growing } from '../../lib/io/growing.ts'
import { HashBehind, type SavedHash } from '../../lib/io/hashing.ts'

const usual = { hashFromBytes: 8 << 20, hashPieceBytes: 1 << 20 }
const { signal } = new AbortController()
const path = (): string => join(mkdtempSync(join(tmpdir(), 'groundwork-growing-')), 'file')
const megabytes = (count: number, seed: number): Buffer => Buffer.alloc(count << 20, `${seed} of many `)

test.each([1, 40])('a file of %i MB is hashed while it grows', async size => {
  const file = new Growing(path())
  const hash = new HashBehind(file, { ...usual, md5: true })
  const expected = { sha256: createHash('sha256'), md5: createHash('md5') }
  writeFileSync(file.path, '')
  for (let i = 0; i < size; i += 1) {
    const piece = megabytes(1, i)
    appendFileSync(file.path, piece)
    file.reach((i + 1) << 20)
    expected.sha256.update(piece)
    expected.md5.update(piece)
  }
  expect(await hash.digests(signal)).toEqual({
    sha256: expected.sha256.digest('hex'),
    md5: expected.md5.digest('hex'),
  })
})

test('a file that is begun anew is hashed anew', async () => {
  const file = new Growing(path())
  const hash = new HashBehind(file, { ...usual, md5: false })
  writeFileSync(file.path, megabytes(20, 1))
  file.reach(20 << 20)
  file.reach(0)
  const other = megabytes(12, 2)
  writeFileSync(file.path, other)
  file.reach(12 << 20)
  expect(await hash.digests(signal)).toEqual({ sha256: createHash('sha256').update(other).digest('hex') })
})

test('a file that is shorter than was said is an error, not a digest', async () => {
  const file = new Growing(path())
  const hash = new HashBehind(file, { ...usual, md5: false })
  writeFileSync(file.path, megabytes(9, 1))
  file.reach(10 << 20)
  await expect(hash.digests(signal)).rejects.toThrow('the file ends at 9437184 bytes')
})

test('who waits for a digest can be interrupted', async () => {
  const file = new Growing(path())
  const hash = new HashBehind(file, { ...usual, md5: true })
  writeFileSync(file.path, megabytes(60, 1))
  file.reach(60 << 20)
  const run = new AbortController()
  const waiting = hash.digests(run.signal)
  run.abort(new Error('interrupted'))
  await expect(waiting).rejects.toThrow('interrupted')
  hash.close()
})

describe('what was hashed can be saved', () => {
  const bytes = Buffer.concat([megabytes(11, 1), megabytes(9, 2)])
  const wanted = { sha256: createHash('sha256').update(bytes).digest('hex') }

  /** A file that is there up to `watermark`, and who hashes it. */
  function hashed(watermark: number) {
    const file = new Growing(path())
    const hash = new HashBehind(file, { ...usual, md5: false })
    writeFileSync(file.path, bytes.subarray(0, watermark))
    file.reach(watermark)
    return { file, hash }
  }

  async function savedAt(hash: HashBehind, position: number): Promise<SavedHash> {
    for (;;) {
      const saved = await hash.save()
      if (saved?.position === position) return saved
    }
  }

  test('nothing of a file that is hashed at its end', async () => {
    expect(await hashed(7 << 20).hash.save()).toBeUndefined()
  })

  test('as it goes on, never further than the file was there when it was asked for', async () => {
    const { file, hash } = hashed(11 << 20)
    for (let watermark = 11 << 20; watermark < bytes.length; watermark += 100_000) {
      const saving = hash.save()
      appendFileSync(file.path, bytes.subarray(watermark, watermark + 100_000))
      file.reach(Math.min(bytes.length, watermark + 100_000))
      expect((await saving)?.position ?? 0).toBeLessThan(watermark)
    }
    expect(await hash.digests(signal)).toEqual(wanted)
  })

  test('and taken up where its bytes are zeros by now', async () => {
    const first = hashed(12 << 20)
    const saved = await savedAt(first.hash, 11 << 20)
    first.hash.close()
    const file = new Growing(path())
    const hash = new HashBehind(file, { ...usual, md5: false })
    writeFileSync(file.path, Buffer.from(bytes).fill(0, 0, 11 << 20))
    expect(await hash.takeUp(saved)).toBe(true)
    expect(await hash.save()).toEqual(saved)
    file.reach(bytes.length)
    expect(await hash.digests(signal)).toEqual(wanted)
  })
})

test('a file that is all there tells how far it is hashed', async () => {
  const file = new Growing(path())
  const hash = new HashBehind(file, { ...usual, md5: false })
  writeFileSync(file.path, '')
  truncateSync(file.path, 200 << 20)
  file.reach(200 << 20)
  const hashed: number[] = []
  await hash.digests(signal, position => hashed.push(position))
  expect(hashed.at(-1)).toBe(192 << 20)
})
