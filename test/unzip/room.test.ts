/** Whether the disk takes what an archive says that it holds: asked before a byte is written, and told with figures. */

import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type * as disk from '../../lib/io/disk.ts'
import { Selection } from '../../lib/io/unpacking/selection.ts'
import { openZip } from '../../lib/io/zip.ts'
import type { GrowingFile } from '../../lib/model/growing-file.ts'
import { Problem } from '../../lib/model/problem.ts'
import { problemOf } from '../../tasks/unzip/extract.ts'
import { leftOf, refuseWithoutRoom } from '../../tasks/unzip/room.ts'
import { writeZip, type ZipPart, zipOf } from '../rig/zips.ts'
import { expectGolden, inMemory, staged, told, unpack } from './rig.ts'

const free = { bytes: 1e9, files: 1000 as number | undefined, blockBytes: 4096 }

vi.mock('../../lib/io/disk.ts', async importOriginal => ({
  ...(await importOriginal<typeof disk>()),
  roomAt: () => ({ device: 1, ...free }),
}))

/** Declared in full, and packed as small as can be said. */
const large = (name: string, bytes: number): ZipPart => ({
  name,
  method: 8,
  content: Buffer.alloc(bytes),
})

const zip = (count: number): Buffer =>
  zipOf(Array.from({ length: count }, (_, i) => ({ name: `${i}`, content: 'x'.repeat(300) })))

describe('room', () => {
  const bomb = zipOf([large('1', 30e6), large('2', 30e6)])

  test('none for the bytes', async () => {
    Object.assign(free, { bytes: 50e6, files: 1000 })
    const { bench, problem } = await unpack(bomb)
    expect(problem?.code).toBe('no-room')
    expectGolden('no-room', problem ? told(problem) : 'no problem')
    expect(staged(bench)).toEqual([])
  })

  test('none for the files', async () => {
    Object.assign(free, { bytes: 1e9, files: 3 })
    const { problem } = await unpack(zipOf(['a', 'b', 'c', 'd'].map(name => ({ name }))))
    expectGolden('no-room.inodes', problem ? told(problem) : 'no problem')
  })

  test('none for whole blocks, though there is room for the bytes', async () => {
    const many = zip(500)
    Object.assign(free, { bytes: 1.5e6, files: undefined })
    expect((await unpack(many)).problem?.code).toBe('no-room')
    Object.assign(free, { bytes: 2.1e6, files: undefined })
    expect((await unpack(many)).problem).toBeUndefined()
  })

  test('what a full disk lacks is told in whole blocks, or in inodes', async () => {
    const selection = Selection.below(await openZip(inMemory(zip(500))), () => true)
    selection.setDone(0)
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    const problem = (files: number) => {
      Object.assign(free, { bytes: 1e6, files })
      return problemOf(full, 'images.zip', '/', blockBytes => leftOf(selection, blockBytes)) as Problem
    }
    expect(problem(1).diagnostics[0]?.evidence).toEqual([{ label: 'wanted', text: '2.04 MB more' }])
    expectGolden('disk-full.inodes', told(problem(0)))
  })

  test('the reserve stays free', async () => {
    Object.assign(free, { bytes: 60e6, files: undefined })
    expect((await unpack(bomb)).problem?.code).toBe('no-room')
    Object.assign(free, { bytes: 61e6, files: undefined })
    expect((await unpack(bomb)).problem).toBeUndefined()
  })

  test('what an earlier attempt left is not asked for again', async () => {
    Object.assign(free, { bytes: 35e6, files: 1 })
    const { bench, problem } = await unpack(bomb)
    expect(problem?.code).toBe('no-room')
    writeFileSync(join(bench.staging, '1'), Buffer.alloc(30e6))
    const again = await unpack(bomb, { bench: { staging: bench.staging } })
    expect(again.problem).toBeUndefined()
    expect(staged(again.bench)).toEqual(['1', '2'])
  })
})

test('what of an archive is given back while it is unpacked counts as room, if it is still growing', async () => {
  Object.assign(free, { bytes: 20e6, files: undefined })
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-room-'))
  const staging = join(folder, 'staging')
  const zip = zipOf([{ name: 'a', content: randomBytes(25e6) }])
  const handle = openSync(writeZip(folder, zip), 'r')
  try {
    const selection = Selection.below(await openZip(inMemory(zip)), () => true)
    const growing = { handle } as GrowingFile
    expect(() => refuseWithoutRoom(selection, { handle }, staging)).toThrow('no-room')
    expect(() => refuseWithoutRoom(selection, { handle, growing }, staging)).not.toThrow()
  } finally {
    closeSync(handle)
    rmSync(folder, { recursive: true })
  }
})

describe('archives that are too large for a test', () => {
  /** `bytes` of nothing in front, and the given end. */
  const sparse = (bytes: number, head: Buffer, end: Buffer) => ({
    ...inMemory(end),
    bytes: bytes + end.length,
    read: (offset: number, length: number): Promise<Buffer> => {
      const buffer = Buffer.alloc(length)
      head.copy(buffer, 0, Math.min(offset, head.length))
      const at = bytes - offset
      if (at < length) end.copy(buffer, Math.max(0, at), Math.max(0, -at))
      return Promise.resolve(buffer)
    },
  })
  const golden = async (name: string, source: ReturnType<typeof sparse>): Promise<void> => {
    const problem = await openZip(source).catch((error: unknown) => error)
    if (!(problem instanceof Problem)) throw new Error('was read', { cause: problem })
    expect(problem.code).toBe(name.split('.')[0])
    expectGolden(name, told(problem))
  }

  test('more than 4 GiB without ZIP64', async () => {
    const zip = zipOf([{ name: 'a', content: 'x' }])
    const directoryAt = zip.indexOf('PK\x01\x02')
    const head = zip.subarray(0, directoryAt)
    await golden('zip64-missing.offset', sparse(2 ** 32 + directoryAt, head, zip.subarray(directoryAt)))
  })

  test('a directory of gigabytes is not read', async () => {
    const bytes = 3 * 2 ** 30
    const end = zipOf([], {
      zip64: ['entries', 'bytes'],
      lies: { bytes, entries: 40_000_000, locator: bytes },
    })
    await golden('directory-too-large', sparse(bytes, Buffer.alloc(0), end))
  })
})
