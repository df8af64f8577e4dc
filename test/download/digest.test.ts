/** Digests of files, and the bytes of a stream that breaks. */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { hashFile, sha256OfFile, sha256OfFileSync } from '../../lib/io/digest.ts'
import { Inbox, Stall } from '../../lib/io/inbox.ts'
import { content, md5, sha256 } from './rig.ts'

describe('a file', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-digest-')), 'file')

  test.each([0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])(
    'of %i bytes has the digest of its bytes',
    async length => {
      const bytes = content(length)
      writeFileSync(path, bytes)
      const wanted = { bytes: length, sha256: sha256(bytes) }
      expect(await sha256OfFile(path)).toEqual(wanted)
      expect(sha256OfFileSync(path)).toEqual(wanted)
      let seen = 0
      const { digests } = await hashFile(path, { md5: true, onBytes: count => (seen += count) })
      expect(digests).toEqual({ sha256: wanted.sha256, md5: md5(bytes) })
      expect(seen).toBe(length)
    },
  )

  test('can be left in the middle', async () => {
    writeFileSync(path, content(3_000_000))
    const run = new AbortController()
    const hashing = hashFile(path, { signal: run.signal, onBytes: () => run.abort() })
    await expect(hashing).rejects.toThrow('aborted')
  })

  test('that is not there is an error of the filesystem', async () => {
    await expect(sha256OfFile(`${path}-absent`)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(() => sha256OfFileSync(`${path}-absent`)).toThrow('ENOENT')
  })
})

describe('an inbox', () => {
  const all = async (inbox: Inbox, stallMs = 60_000): Promise<string> => {
    let text = ''
    for await (const piece of inbox.pieces(stallMs)) text += piece.toString()
    return text
  }

  test('gives what came before the end', async () => {
    const stream = new PassThrough()
    const inbox = new Inbox(stream)
    stream.write('ab')
    stream.end('c')
    expect(await all(inbox)).toBe('abc')
  })

  test('gives what came before an error, then the error', async () => {
    const stream = new PassThrough()
    const inbox = new Inbox(stream)
    stream.write('ab')
    await new Promise(setImmediate)
    stream.destroy(new Error('broken'))
    const seen: string[] = []
    const reading = (async () => {
      for await (const piece of inbox.pieces(60_000)) seen.push(piece.toString())
    })()
    await expect(reading).rejects.toThrow('broken')
    expect(seen).toEqual(['ab'])
  })

  test('does not take a closed stream for a whole one', async () => {
    const stream = new PassThrough()
    const inbox = new Inbox(stream)
    stream.destroy()
    await expect(all(inbox)).rejects.toThrow('closed before its end')
  })

  test('does not wait for ever', async () => {
    const stream = new PassThrough()
    await expect(all(new Inbox(stream), 1)).rejects.toThrow(Stall)
    expect(stream.destroyed).toBe(true)
  })

  test('reads ahead by no more than it was told', async () => {
    const stream = new PassThrough({ highWaterMark: 1 })
    const inbox = new Inbox(stream, 10)
    for (let i = 0; i < 100; i++) stream.write('x')
    stream.end()
    await new Promise(setImmediate)
    expect(stream.isPaused()).toBe(true)
    expect(await all(inbox)).toBe('x'.repeat(100))
  })
})
