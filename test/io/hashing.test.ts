/** A thread hashes a file behind its writer. */

import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Growing } from '../../lib/io/growing.ts'
import { HashBehind } from '../../lib/io/hashing.ts'

const { signal } = new AbortController()
const path = (): string => join(mkdtempSync(join(tmpdir(), 'groundwork-growing-')), 'file')
const megabytes = (count: number, seed: number): Buffer => Buffer.alloc(count << 20, `${seed} of many `)

test.each([1, 40])('a file of %i MB is hashed while it grows', async size => {
  const file = new Growing(path())
  const hash = new HashBehind(file, { md5: true })
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
  const hash = new HashBehind(file, { md5: false })
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
  const hash = new HashBehind(file, { md5: false })
  writeFileSync(file.path, megabytes(9, 1))
  file.reach(10 << 20)
  await expect(hash.digests(signal)).rejects.toThrow('the file ends at 9437184 bytes')
})

test('who waits for a digest can be interrupted', async () => {
  const file = new Growing(path())
  const hash = new HashBehind(file, { md5: true })
  writeFileSync(file.path, megabytes(60, 1))
  file.reach(60 << 20)
  const run = new AbortController()
  const waiting = hash.digests(run.signal)
  run.abort(new Error('interrupted'))
  await expect(waiting).rejects.toThrow('interrupted')
  hash.close()
})
