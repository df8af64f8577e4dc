/** Every reading and every writing fails once: it is told, nothing stays open, and nothing wrong is recorded. */

import type * as fs from 'node:fs'
import type * as fsPromises from 'node:fs/promises'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { type ZipPart, zipOf } from '../rig/zips.ts'
import { expectGolden, told, unpack } from './rig.ts'

const disk = { calls: 0, failAt: 0, code: 'EIO', opened: 0 }

function count(): void {
  disk.calls += 1
  if (disk.calls === disk.failAt) throw Object.assign(new Error('told to fail'), { code: disk.code })
}

vi.mock('node:fs', async importOriginal => {
  const real = await importOriginal<typeof fs>()
  return {
    ...real,
    openSync: (...args: Parameters<typeof fs.openSync>) => {
      count()
      disk.opened += 1
      return real.openSync(...args)
    },
    readSync: (...args: Parameters<typeof fs.readSync>) => {
      count()
      return real.readSync(...args)
    },
    writeSync: (...args: Parameters<typeof fs.writeSync>) => {
      count()
      return real.writeSync(...args)
    },
    closeSync: (handle: number) => {
      disk.opened -= 1
      real.closeSync(handle)
    },
  }
})

vi.mock('node:fs/promises', async importOriginal => {
  const real = await importOriginal<typeof fsPromises>()
  return {
    ...real,
    open: async (...args: Parameters<typeof fsPromises.open>) => {
      count()
      const handle = await real.open(...args)
      disk.opened += 1
      const close = handle.close.bind(handle)
      const read = handle.read.bind(handle) as (...args: readonly unknown[]) => Promise<unknown>
      return Object.assign(handle, {
        close: () => {
          disk.opened -= 1
          return close()
        },
        read: async (...args: readonly unknown[]) => {
          count()
          return read(...args)
        },
      })
    },
  }
})

beforeEach(() => {
  Object.assign(disk, { calls: 0, failAt: 0, code: 'EIO', opened: 0 })
})

const parts: readonly ZipPart[] = [
  { name: 'a', content: 'a' },
  { name: 'large', content: Buffer.alloc(5_000_000), method: 8 },
  ...Array.from({ length: 20 }, (_, i) => ({ name: `d/${i}`, content: `${i}`, method: 8 })),
]
const zip = zipOf(parts, { zip64: ['entries'] })

describe('faults', () => {
  test('each call to the disk fails once', async () => {
    const whole = await unpack(zip)
    expect(whole.bench.recorded.size).toBe(parts.length)
    const calls = disk.calls
    expect(calls).toBeGreaterThan(3 * parts.length)
    for (let k = 1; k <= calls; k += 1) {
      Object.assign(disk, { calls: 0, failAt: k, code: 'EIO' })
      await expect(unpack(zip), `call ${k}`).rejects.toMatchObject({ code: 'EIO' })
      expect(disk.opened, `open after call ${k}`).toBe(0)
    }
  })

  test.each(['ENOSPC', 'EDQUOT'])('%s is a full disk', async code => {
    const one = zipOf([{ name: 'a', content: 'x'.repeat(1500) }])
    await unpack(one)
    Object.assign(disk, { failAt: disk.calls, calls: 0, code })
    const { bench, problem } = await unpack(one)
    expect(problem?.code).toBe('disk-full')
    expectGolden('disk-full', problem ? told(problem) : 'no problem')
    expect(bench.recorded.size).toBe(0)
    expect(disk.opened).toBe(0)
  })

  test('damage, with everything closed', async () => {
    const { problem } = await unpack(zipOf([...parts, { name: 'b', content: 'b', says: { crc32: 1 } }]))
    expect(problem?.code).toBe('crc-mismatch')
    expect(disk.opened).toBe(0)
  })
})
