/** Every reading and every writing fails once: it is told, nothing stays open, nothing stays at work, and nothing wrong is recorded. */

import type * as fs from 'node:fs'
import type * as fsPromises from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { findProgram } from '../../lib/io/programs.ts'
import { files } from '../rig/parts.ts'
import { type TarPart, tarOf } from '../rig/tars.ts'
import { compress, unpack } from './rig.ts'

const disk = { calls: 0, failAt: 0, code: 'EIO', opened: 0 }

function refuse(): void {
  disk.calls += 1
  if (disk.calls === disk.failAt) throw Object.assign(new Error('told to fail'), { code: disk.code })
}

vi.mock('node:fs', async importOriginal => {
  const real = await importOriginal<typeof fs>()
  const readAt = promisify(real.read)
  const read = Object.assign(() => {}, {
    [promisify.custom]: async (...args: Parameters<typeof readAt>) => {
      refuse()
      return readAt(...args)
    },
  })
  const linkSync = (...args: Parameters<typeof fs.linkSync>): void => {
    refuse()
    real.linkSync(...args)
  }
  const mkdirSync = (...args: Parameters<typeof fs.mkdirSync>): string | undefined => {
    if (String(args[0]).includes('/staging/')) refuse()
    return real.mkdirSync(...args)
  }
  return { ...real, read, linkSync, mkdirSync }
})

vi.mock('node:fs/promises', async importOriginal => {
  const real = await importOriginal<typeof fsPromises>()
  const open = async (...args: Parameters<typeof fsPromises.open>): Promise<fsPromises.FileHandle> => {
    refuse()
    const handle = await real.open(...args)
    disk.opened += 1
    const close = handle.close.bind(handle)
    const writeFile = handle.writeFile.bind(handle)
    return Object.assign(handle, {
      close: () => {
        disk.opened -= 1
        return close()
      },
      writeFile: async (...args: Parameters<typeof writeFile>) => {
        refuse()
        return writeFile(...args)
      },
    })
  }
  return { ...real, open }
})

beforeEach(() => {
  Object.assign(disk, { calls: 0, failAt: 0, code: 'EIO', opened: 0 })
})

const parts: readonly TarPart[] = [
  ...files('a', 'd/b'),
  { name: 'large', content: Buffer.alloc(5_000_000, 'x') },
  { name: 'link', type: '1', goal: 'a' },
  ...Array.from({ length: 20 }, (_, i) => ({ name: `e/${i}`, content: `${i}` })),
]
const tar = tarOf(parts)

const archives: readonly (readonly [string, Buffer, string])[] = [
  ['a tar', tar, 'images.tar'],
  ['a compressed tar', gzipSync(tar), 'images.tar.gz'],
  ['one compressed file', gzipSync('x'.repeat(3_000_000)), 'boxes.json.gz'],
]

/** In how many pieces a stream comes is another each time: the last calls may not happen. */
async function expectFailure(archive: Buffer, fileName: string, failAt: number): Promise<void> {
  Object.assign(disk, { calls: 0, failAt })
  const outcome = await unpack(archive, { fileName }).catch((error: unknown) => error)
  if (disk.calls >= failAt) expect(outcome, `call ${failAt}`).toMatchObject({ code: 'EIO' })
  expect(disk.opened, `open after call ${failAt}`).toBe(0)
}

describe('faults', () => {
  test.each(archives)('each call to the disk fails once: %s', async (_, archive, fileName) => {
    const whole = await unpack(archive, { fileName })
    expect(whole.problem).toBeUndefined()
    const calls = disk.calls
    expect(calls).toBeGreaterThan(4)
    for (let k = 1; k <= calls; k += 1) {
      await expectFailure(archive, fileName, k)
    }
  })

  test('links where the disk knows none are copies', async () => {
    const linked = tarOf([...files('a'), { name: 'b', type: '1', goal: 'a' }])
    await unpack(linked)
    Object.assign(disk, { failAt: disk.calls - 1, calls: 0, code: 'EPERM' })
    const { bench, problem } = await unpack(linked)
    expect(problem).toBeUndefined()
    expect(bench.recorded.get('b')).toEqual(bench.recorded.get('a'))
  })

  test('damage, with everything closed', async () => {
    for (const wrong of [tar.subarray(0, tar.length - 1500), tarOf([...parts, { name: 'b', checksum: 1 }])]) {
      const { problem } = await unpack(gzipSync(wrong))
      expect(problem?.code).toBe('corrupt-tar')
      expect(disk.opened).toBe(0)
    }
  })

  test.skipIf(!findProgram(['xz']))('a program that reads what cannot be read is ended', async () => {
    const packed = await compress(tar, 'xz')
    await unpack(packed)
    const calls = disk.calls
    for (let k = 1; k <= calls; k += 5) {
      await expectFailure(packed, 'images.tar.xz', k)
    }
  })
})
