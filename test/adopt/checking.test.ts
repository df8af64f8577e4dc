/** Many files are read over threads: what is right, what is not, and how it ends. */

import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { type Batch, type Checked, checkAll } from '../../lib/io/checking.ts'
import { sha256Of } from '../rig/playground.ts'

const contents = Array.from({ length: 60 }, (_, i) => Buffer.alloc(400_000 + i, `${i}`))

function laid(): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-checking-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [i, content] of contents.entries()) writeFileSync(join(folder, `${i}`), content)
  return folder
}

interface Numbered extends Batch {
  readonly first: number
}

const batches = (folder: string, crc = true): readonly Numbered[] =>
  [0, 20, 40].map(first => {
    const some = contents.slice(first, first + 20)
    return {
      first,
      folder,
      paths: some.map((_, j) => `${first + j}`),
      bytes: some.map(({ length }) => length),
      crc32: crc ? some.map(content => crc32(content)) : undefined,
    }
  })

test.each([
  ['right here', 0],
  ['by threads', 24_000_000],
])('%s', async (_, bytes) => {
  const folder = laid()
  writeFileSync(join(folder, '7'), Buffer.alloc(400_007, 'x'))
  truncateSync(join(folder, '8'), 100)
  rmSync(join(folder, '41'))
  rmSync(join(folder, '42'))
  symlinkSync(join(folder, '43'), join(folder, '42'))
  const right = new Map<string, string>()
  const onChecked = (batch: Numbered, { isRight, sha256 }: Checked): void => {
    for (const [j, path] of batch.paths.entries())
      if (isRight[j] === 1) right.set(path, Buffer.from(sha256.slice(32 * j, 32 * j + 32)).toString('hex'))
  }
  const { signal } = new AbortController()
  await checkAll({ batches: batches(folder), bytes, threads: 2, signal, onChecked })
  const wrong = [7, 8, 41, 42]
  const expected = contents.map((content, i) => [`${i}`, sha256Of(content)] as const)
  expect(new Map(right)).toEqual(new Map(expected.filter((_, i) => !wrong.includes(i))))
})

test('without a CRC-32 the size decides, and the digest is told', async () => {
  const folder = laid()
  writeFileSync(join(folder, '7'), Buffer.alloc(400_007, 'x'))
  let right = 0
  const onChecked = (_: Numbered, { isRight }: Checked): void => {
    right += isRight.reduce((sum, of) => sum + of, 0)
  }
  const { signal } = new AbortController()
  await checkAll({ batches: batches(folder, false), bytes: 0, threads: 2, signal, onChecked })
  expect(right).toBe(60)
})

test.each([0, 24_000_000])('who ends it hears so, and nothing is read any more (%d bytes)', async bytes => {
  const ending = new AbortController()
  let heard = 0
  const onChecked = (): void => {
    heard += 1
    ending.abort(new Error('ended'))
  }
  const checking = { batches: batches(laid()), bytes, threads: 1, signal: ending.signal, onChecked }
  await expect(checkAll(checking)).rejects.toThrow('ended')
  expect(heard).toBe(1)
})

test('who ends it need not wait for a file that takes an hour', async () => {
  const folder = laid()
  const hour = 2 ** 42
  truncateSync(join(folder, '0'), hour)
  const [first, second] = batches(folder) as [Numbered, Numbered]
  const long = { ...first, paths: ['0'], bytes: [hour] }
  const ending = new AbortController()
  const onChecked = (): void => ending.abort(new Error('ended'))
  const checking = { batches: [long, second], bytes: hour, threads: 2, signal: ending.signal, onChecked }
  await expect(checkAll(checking)).rejects.toThrow('ended')
})

test.each([0, 24_000_000])('what the disk says of a file is thrown (%d bytes)', async bytes => {
  const [first, ...others] = batches(laid())
  const long = { ...(first as Numbered), paths: ['x'.repeat(300)], bytes: [1], crc32: [1] }
  const { signal } = new AbortController()
  const checking = { batches: [long, ...others], bytes, threads: 2, signal, onChecked: () => {} }
  await expect(checkAll(checking)).rejects.toMatchObject({ code: 'ENAMETOOLONG' })
})

test('what fails in who hears of a thread is thrown', async () => {
  const onChecked = (): void => {
    throw new Error('no room for that')
  }
  const { signal } = new AbortController()
  const checking = { batches: batches(laid()), bytes: 24_000_000, threads: 2, signal, onChecked }
  await expect(checkAll(checking)).rejects.toThrow('no room for that')
})
