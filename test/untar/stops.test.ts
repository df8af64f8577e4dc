/** What ends the unpacking of a tar before its end: whoever asked for it, and a disk that is full. */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import { files } from '../rig/parts.ts'
import { tarOf } from '../rig/tars.ts'
import { type Asked, staged, unpack } from './rig.ts'

describe('stops', () => {
  test('when it is told to', async () => {
    const control = new AbortController()
    const archive = tarOf(files(...Array.from({ length: 5000 }, (_, i) => `${i}`)))
    const progress = (): void => control.abort(new Error('enough'))
    const bench = { signal: control.signal, progress }
    await expect(unpack(archive, { bench })).rejects.toThrow('enough')
  })

  /** A disk of which what was written is gone: 4 kB at least for each file. */
  const diskOf = (bytes: number): NonNullable<Asked['filesystemAt']> => {
    return folder => {
      const sizes = [...filesBelow(folder)].map(path => Math.max(4096, statSync(join(folder, path)).size))
      const left = bytes - sizes.reduce((sum, size) => sum + size, 0)
      return { device: 1, bytes: left, files: undefined, blockBytes: 4096 }
    }
  }

  test('where the disk has no room for an entry, before it is written', async () => {
    const archive = tarOf([...files('small'), { name: 'large', bytes: 9_990_000 }], { endBlocks: 0 })
    const { bench, problem } = await unpack(archive, { filesystemAt: diskOf(10_000_000) })
    expect(problem?.code).toBe('no-room')
    expect(Object.keys(staged(bench))).toEqual(['small'])
  })

  test('where the disk has no room for what a compressed file goes on to be', async () => {
    const asked = { fileName: 'bomb.gz', filesystemAt: diskOf(4_000_000) }
    const { bench, problem } = await unpack(gzipSync(Buffer.alloc(50_000_000)), asked)
    expect(problem?.code).toBe('no-room')
    expect(statSync(join(bench.staging, 'bomb')).size).toBeLessThan(5_000_000)
  })

  test('where the room goes in many small files', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => `${i}`)
    const { bench, problem } = await unpack(tarOf(files(...many)), { filesystemAt: diskOf(4_000_000) })
    expect(problem?.code).toBe('no-room')
    expect(Object.keys(staged(bench)).length).toBeLessThan(1000)
  })

  test('where the disk has no inode for one more file, whatever others free meanwhile', async () => {
    const free = [5, 2, 0]
    const filesystemAt = () => ({ device: 1, bytes: 1e9, files: free.shift() ?? 0, blockBytes: 4096 })
    const many = Array.from({ length: 20 }, (_, i) => `${i}`)
    const { bench, problem } = await unpack(tarOf(files(...many)), { filesystemAt })
    expect(problem?.code).toBe('no-room')
    expect(problem?.message).toContain('inodes')
    expect(Object.keys(staged(bench)).length).toBe(7)
  })
})
