/** What the system gives beyond Node, on the system that the tests run on. */

import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { punchHole, syncFilesystem } from '../../lib/io/native.ts'

const folder = mkdtempSync(join(tmpdir(), 'groundwork-native-'))
const path = join(folder, 'file')

function withFile<T>(flags: string, use: (file: number) => T): T {
  const file = openSync(path, flags)
  try {
    return use(file)
  } finally {
    closeSync(file)
  }
}

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('a range of a file is given back: it reads as zeros, takes no room, and the length stays', () => {
    const bytes = Buffer.alloc(4 << 20, 1)
    const wasPunched = withFile('w+', file => {
      writeSync(file, bytes)
      return punchHole(file, 1 << 20, 2 << 20)
    })
    expect(wasPunched).toBe(true)
    bytes.fill(0, 1 << 20, 3 << 20)
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(statSync(path).blocks * 512).toBeLessThan(3 << 20)
  })

  test('offsets are counted in 64 bits', () => {
    withFile('w+', file => {
      ftruncateSync(file, 6 * 2 ** 30)
      writeSync(file, Buffer.alloc(1 << 20, 1), 0, 1 << 20, 5 * 2 ** 30)
      writeSync(file, Buffer.alloc(1 << 20, 1), 0, 1 << 20, 2 ** 30)
      expect(punchHole(file, 5 * 2 ** 30, 1 << 20)).toBe(true)
    })
    expect(statSync(path).size).toBe(6 * 2 ** 30)
    expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(1 << 20)
    expect(statSync(path).blocks * 512).toBeLessThan(2 << 20)
  })

  test('nothing is nothing to give back', () => {
    withFile('w+', file => expect(punchHole(file, 0, 0)).toBe(false))
  })

  test('what cannot be given back for a reason of its own is an error with its code', () => {
    withFile('r', file => expect(() => punchHole(file, 0, 4096)).toThrow(/^EBADF: fallocate$/))
    expect(() => punchHole(-1, 0, 4096)).toThrow(expect.objectContaining({ code: 'EBADF' }))
  })

  test('a filesystem is synced, or says why not', async () => {
    const file = openSync(folder, 'r')
    try {
      expect(await syncFilesystem(file)).toBe(true)
    } finally {
      closeSync(file)
    }
    await expect(syncFilesystem(-1)).rejects.toMatchObject({ code: 'EBADF', syscall: 'syncfs' })
  })
})
