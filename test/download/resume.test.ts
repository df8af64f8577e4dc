/** A download that was interrupted goes on where it stopped, with the bytes that count as kept. */

import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { remove } from '../../lib/io/disk.ts'
import { PartialFile } from '../../tasks/download/partial.ts'
import { usual } from '../../tasks/download/tuning.ts'
import { body, left, path, pinned, rewrite } from './interruption.ts'
import {
  addressAt,
  content,
  fetched,
  fileName,
  interrupted,
  mirrorOf,
  paramsOf,
  ranges,
  type Shelf,
  sha256,
  shelfOf,
} from './rig.ts'

describe('after an interruption', () => {
  test.each([
    ['unpinned', {}],
    ['pinned', pinned],
  ])('exactly the missing bytes are asked for (%s)', async (_, download) => {
    const { mirror, params, shelf, found } = await left(download)
    expect(found.part.equals(body.subarray(0, found.part.length))).toBe(true)
    expect(found.part.length).toBeGreaterThanOrEqual(1_000_000)
    expect(found.note).toMatchObject({ kept: [[0, found.part.length]], origins: [{ total: body.length }] })

    const { bench, bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, `bytes=${found.part.length}-`])
    expect(mirror.requests[1]?.headers['if-range']).toBe('"3000000-1"')
    expect(bench.counts.received).toBe(body.length - found.part.length)
    expect(bench.told).toEqual([])
    expect(readdirSync(shelf)).toEqual([])
  })

  test('what was written and not synced counts while the machine runs, and not after it was started again', async () => {
    const options = {
      ...usual,
      md5: false,
      audience: () => 'later' as const,
      signal: new AbortController().signal,
    }
    const shelf = mkdtempSync(join(tmpdir(), 'groundwork-shelf-'))
    const killed = await PartialFile.open(shelf, { ...options, syncMs: Number.POSITIVE_INFINITY })
    await killed.continueFrom({ identity: 'here', at: 0, validator: '"1"', total: body.length })
    for (let at = 0; at < 2 ** 21; at += 2 ** 20) await killed.write(at, [body.subarray(at, at + 2 ** 20)])
    const [folder = ''] = readdirSync(shelf)
    const recent = join(shelf, folder, 'recent.json')
    await vi.waitFor(() => expect(existsSync(recent)).toBe(true))
    cpSync(shelf, `${shelf}-2`, { recursive: true })
    const next = await PartialFile.open(shelf, options)
    expect(next.length).toBe(2 ** 21)

    const rebooted = join(`${shelf}-2`, folder, 'recent.json')
    writeFileSync(rebooted, readFileSync(rebooted, 'utf8').replace(/"boot":"./, '"boot":"-'))
    const other = await PartialFile.open(`${shelf}-2`, options)
    expect(other.length).toBeLessThan(2 ** 21)
    await Promise.all([next.close(), other.close()])
    // Its folder belongs to another by now.
    await killed.close().catch(() => {})
  })

  test('it is not given away to a task that was stopped', async () => {
    const stop = new AbortController()
    const options = { ...usual, md5: false, audience: () => 'later' as const, signal: stop.signal }
    const shelf = mkdtempSync(join(tmpdir(), 'groundwork-shelf-'))
    const part = await PartialFile.open(shelf, options)
    await part.continueFrom({ identity: 'here', at: 0, validator: '"1"', total: body.length })
    await part.write(0, [body])
    part.growing.measure(body.length)
    const digests = await part.digests(stop.signal)
    await part.useUp({ host: 'here', bytes: body.length, digests })
    const moved = part.moveTo(join(shelf, 'given'))
    stop.abort(new Error('stopped'))
    await expect(moved).rejects.toThrow('stopped')
    await part.close()
    const next = await PartialFile.open(shelf, { ...options, signal: new AbortController().signal })
    expect(next.whole).toMatchObject({ bytes: body.length })
    await next.close()
  })

  test('a whole part asks for its last byte, and so for the version it is of', async () => {
    const { mirror, params, shelf, found } = await left()
    writeFileSync(found.partPath, body)
    rewrite(found, { kept: [[0, body.length]] })
    const { bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, 'bytes=2999999-'])
  })
})

describe('bytes count as kept', () => {
  test.each([
    ['unpinned', {}],
    ['pinned', pinned],
  ])('%s: those that were synced before the machine went down', async (_, download) => {
    const { mirror, params, shelf, found } = await left(download)
    rewrite(found, { kept: [[0, 500_000]] })
    const { bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, 'bytes=500000-'])
  })

  test('wherever they lie: the holes are filled', async () => {
    const { mirror, params, shelf, found } = await left(pinned)
    writeFileSync(found.partPath, body)
    rewrite(found, {
      kept: [
        [100_000, 1_000_000],
        [1_500_000, 2_900_000],
      ],
    })
    const { bench, bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.recorded.get(fileName)?.sha256).toBe(pinned.sha256)
    expect(ranges(mirror)).toEqual([undefined, undefined, 'bytes=1000000-1499999', 'bytes=2900000-2999999'])
    expect(bench.told).toEqual([])
  })

  test.each([
    ['without its note', (shelf: Shelf) => remove(shelf.notePath)],
    ['with half a note', (shelf: Shelf) => truncateSync(shelf.notePath, 20)],
    ['with a note from the future', (shelf: Shelf) => rewrite(shelf, { version: 4 })],
    ['with a note of nonsense', (shelf: Shelf) => rewrite(shelf, { kept: [['0', 5]] })],
    ['with a note of null', (shelf: Shelf) => writeFileSync(shelf.notePath, 'null')],
  ])('%s: none', async (_, harm) => {
    const { mirror, params, shelf, found } = await left()
    harm(found)
    expect((await fetched(params, { shelf })).bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, undefined])
  })

  test('longer than the file: asked for the last byte', async () => {
    const { mirror, params, shelf, found } = await left()
    writeFileSync(found.partPath, Buffer.concat([body, body]))
    rewrite(found, { kept: [[0, 2 * body.length]] })
    expect((await fetched(params, { shelf })).bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, 'bytes=2999999-'])
  })

  test('beyond the end of a file whose length nobody knew: status 416 begins anew', async () => {
    const { mirror, params, shelf, found } = await left(pinned)
    const origins = found.note.origins.map(origin => ({ ...origin, total: undefined }))
    rewrite(found, { origins, kept: [[0, 2 * body.length]] })
    writeFileSync(found.partPath, Buffer.concat([body, body, body]))
    const { bytes, bench } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, 'bytes=5999999-', undefined])
    expect(bench.pauses).toEqual([0])
  })
})

describe('faults', () => {
  const small = content(40)

  test.each(Array.from({ length: 41 }, (_, after) => after))(
    'a cut after %i bytes converges',
    async after => {
      const mirror = await mirrorOf(small)
      mirror.script(path, [{ does: 'cut', after }])
      const { bytes } = await fetched(paramsOf(addressAt(mirror), { sha256: sha256(small) }))
      expect(bytes?.equals(small)).toBe(true)
      const rest = after === 0 || after === small.length ? [] : [`bytes=${after}-`]
      expect(ranges(mirror).slice(1)).toEqual(after === 0 ? [undefined] : rest)
    },
  )

  test('an interruption after each piece, one run after the other, converges to the same bytes', async () => {
    const mirror = await mirrorOf()
    mirror.serve(path, body, { does: 'drip', bytesPerSecond: 1e9 })
    const params = paramsOf(addressAt(mirror))
    let { shelf } = await interrupted(params, 1)
    for (let at = shelfOf({ shelf })?.part.length ?? 0; at < 1_400_000; ) {
      const run = new AbortController()
      const target = at + 400_000
      const progress = (done: number): void => {
        if (done >= target) run.abort(new Error('interrupted by the test'))
      }
      await expect(fetched(params, { shelf, signal: run.signal, progress })).rejects.toThrow('interrupted')
      at = shelfOf({ shelf })?.part.length ?? 0
      expect(at).toBeGreaterThanOrEqual(target)
    }
    const { bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    const received = mirror.requests.map(request => Number(request.range?.slice(6, -1) ?? 0))
    expect(received).toEqual(received.toSorted((a, b) => a - b))
  })
})
