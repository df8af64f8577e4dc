/** A file that grows: who reads it waits for more, asks for bytes out of their turn, and hears when all was in vain. */

import { mkdtempSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Reader } from '../../lib/io/growing/reader.ts'
import { Growing } from '../../lib/io/growing.ts'
import { ByteRanges } from '../../lib/model/byte-ranges.ts'

function growing(): { file: Growing; reader: Reader; written: ByteRanges } {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-growing-')), 'file')
  writeFileSync(path, 'content')
  const written = new ByteRanges()
  const file = new Growing(path, written)
  return { file, reader: file.read(), written }
}

test('who waits for bytes that are not there yet gets them when they are', async () => {
  const { file, reader } = growing()
  const first = reader.until(100)
  const second = reader.until(200)
  file.reach(150)
  expect(await first).toBe(150)
  file.end()
  expect(await second).toBe(150)
  expect(reader).toMatchObject({ isWhole: true, bytes: 150 })
})

test('who waits for bytes that will never come hears why', async () => {
  const { file, reader } = growing()
  const waiting = reader.until(100)
  file.fail(new Error('the host is gone'))
  await expect(waiting).rejects.toThrow('the host is gone')
  await expect(reader.until(1)).rejects.toThrow('the host is gone')
})

test('a wish is heard, also by who comes later, until it is fulfilled', async () => {
  const { file, reader, written } = growing()
  const heard: object[] = []
  const unhear = file.hear(wish => void heard.push(wish))
  const wish = reader.wish(900, 1000)
  expect(heard).toEqual([{ from: 900, to: 1000 }])
  unhear()
  file.hear(later => void heard.push(later))
  expect(heard).toHaveLength(2)
  written.add(900, 950)
  file.reach(0)
  expect(file.wishes).toHaveLength(1)
  written.add(950, 1000)
  file.reach(0)
  await wish
  expect(file.wishes).toEqual([])
})

test('a wish for what is there is fulfilled at once', async () => {
  const { file, reader, written } = growing()
  written.add(10, 20)
  const heard: object[] = []
  file.hear(wish => void heard.push(wish))
  await reader.wish(12, 20)
  file.reach(8)
  await reader.wish(0, 8)
  expect(heard).toEqual([])
})

test('the size is waited for, and that of a file whose host tells none is known at its end', async () => {
  const { file, reader } = growing()
  const size = reader.size()
  file.measure(7)
  expect(await size).toBe(7)
  const other = growing()
  const late = other.reader.size()
  other.file.reach(3)
  other.file.end()
  expect(await late).toBe(3)
})

test('who read before the file was begun anew hears of it, and of nothing else', async () => {
  const { file, reader } = growing()
  file.measure(100)
  const waits = [reader.until(50), reader.wish(90, 100)]
  file.beginAnew()
  for (const wait of waits) await expect(wait).rejects.toMatchObject({ name: 'BegunAnew' })
  file.reach(100)
  file.end()
  await expect(reader.until(1)).rejects.toMatchObject({ name: 'BegunAnew' })
  expect(reader).toMatchObject({ isWhole: false, watermark: 0 })
  expect(await file.read().until(1)).toBe(100)
})

test('what nobody needs any more is what all have passed', () => {
  const { file, reader } = growing()
  const other = file.read()
  expect(file.passed).toBe(0)
  reader.pass(100)
  other.pass(70)
  other.pass(60)
  expect(file.passed).toBe(70)
  other.close()
  expect(file.passed).toBe(100)
  reader.close()
  expect(file.passed).toBeUndefined()
})

test('a reader keeps what it opened, whatever becomes of the path', () => {
  const { file, reader } = growing()
  rmSync(file.path)
  const bytes = Buffer.alloc(7)
  readSync(reader.handle, bytes)
  expect(bytes.toString()).toBe('content')
})
