/** A file in parts that somebody reads while it comes: sizes asked beforehand, the part that is waited for first. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import type { Mirror } from '../../demo/mirror.ts'
import { BegunAnew, type GrowingFile, type GrowingSource } from '../../lib/model/growing-file.ts'
import { writePartSizes } from '../../lib/model/part-sizes.ts'
import { freeHost } from '../rig/workbench.ts'
import { content, fetched, interrupted, mirrorOf, paramsOf, sha256, shelfOf, small } from './rig.ts'

const bodies = [content(200_000, 1), content(150_000, 2), content(90_000, 3)]
const whole = Buffer.concat(bodies)
const names = ['/a', '/b', '/c']

async function inParts(behaviour: Behaviour = { does: 'normal' }): Promise<Mirror> {
  const mirror = await mirrorOf()
  names.forEach((name, i) => mirror.serve(name, bodies[i] as Buffer, behaviour))
  return mirror
}

const paramsFor = (mirror: Mirror, pinned = true) =>
  paramsOf(
    names.map(name => mirror.url + name),
    pinned ? { sha256: sha256(whole) } : {},
  )

/** Reads as an archive is read: its end before all else. */
async function readEnd(file: GrowingFile, found: number[]): Promise<void> {
  try {
    const bytes = await file.size()
    await file.wish(bytes - 1000, bytes)
    found.push(file.watermark)
    expect(file.parts).toEqual(bodies.map(({ length }) => length))
  } catch (error) {
    if (!(error instanceof BegunAnew)) throw error
    found.push(-1)
  }
}

/** Who reads begins when the file is offered; where each was when it had what it wanted, -1 where it was begun anew. */
function reading() {
  const found: number[] = []
  const readers: Promise<void>[] = []
  const offer = (source: GrowingSource): void => {
    const file = source.read()
    const reader = readEnd(file, found).finally(() => file.close())
    reader.catch(() => {})
    readers.push(reader)
  }
  return { offer, found, done: () => Promise.all(readers) }
}

/** Over one connection each byte is asked for once: of several, each has a little too much on its way when its claim is cut. */
const host = (name: string) => freeHost(name, { connections: 1 })

/** Slow enough for the sizes to be told before the first part is there. */
const slow: Behaviour = { does: 'drip', bytesPerSecond: 400_000 }

describe('somebody waits for the end', () => {
  test.each([true, false])('the last part comes before the rest of the first (pinned: %j)', async pinned => {
    const mirror = await inParts(slow)
    const { offer, found, done } = reading()
    const { bytes, bench, problem } = await fetched(paramsFor(mirror, pinned), { offer, host }, small)
    await done()
    expect(problem).toBeUndefined()
    expect(bytes?.equals(whole)).toBe(true)
    expect(found).toHaveLength(1)
    expect(found[0]).toBeLessThan(bodies[0]?.length ?? 0)
    // What was on its way when a connection was sent elsewhere came in vain.
    expect(bench.counts.received).toBeLessThan(whole.length + 80_000)
    expect(bench.remarks['parts']).toBe(writePartSizes([200_000, 150_000, 90_000]))
  })

  test('a host that tells no size beforehand is asked as before', async () => {
    const mirror = await inParts({ does: 'chunked' })
    const { offer, found, done } = reading()
    const { bytes, bench } = await fetched(paramsFor(mirror), { offer }, small)
    await done()
    expect(bytes?.equals(whole)).toBe(true)
    expect(found).toHaveLength(1)
    expect(bench.counts.received).toBe(whole.length)
  })

  test('a host whose file changes with each answer comes to an end', async () => {
    const mirror = await inParts({ does: 'etag-changes' })
    const { offer, done } = reading()
    const { bytes, problem } = await fetched(paramsFor(mirror, false), { offer }, small)
    await done()
    expect(problem).toBeUndefined()
    expect(bytes?.equals(whole)).toBe(true)
  })

  test.each([[70_000], [120_000]])('a last part that is told to have %i bytes', async told => {
    const mirror = await inParts(slow)
    mirror.script('/c', [{ does: 'wrong-length', bytes: told }])
    const { offer, done } = reading()
    const { bytes } = await fetched(paramsFor(mirror), { offer }, small)
    await done().catch(() => {})
    expect(bytes?.equals(whole)).toBe(true)
  })

  test('a part in the middle that is told to be shorter: what lies behind it is fetched again', async () => {
    const mirror = await inParts(slow)
    mirror.script('/b', [{ does: 'wrong-length', bytes: 100_000 }])
    const { offer, done } = reading()
    const { bytes } = await fetched(paramsFor(mirror), { offer }, small)
    await done().catch(() => {})
    expect(bytes?.equals(whole)).toBe(true)
  })
})

describe('a part that its host does not have', () => {
  const gone: Behaviour = { does: 'status', status: 404 }

  test('is named, and known while the first one comes', async () => {
    const mirror = await inParts(slow)
    mirror.serve('/b', bodies[1] as Buffer, gone)
    const { offer, done } = reading()
    const { bytes, bench, problem } = await fetched(paramsFor(mirror), { offer, host }, small)
    await expect(done()).rejects.toThrow()
    expect(bytes).toBeUndefined()
    expect(problem?.diagnostics[0]).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('does not have b.'),
      evidence: [{ label: 'asked', text: `${mirror.url}/b` }, { text: 'status 404' }],
    })
    expect(bench.counts.received).toBeLessThan(bodies[0]?.length ?? 0)
  })

  test('a mirror that has all of them is taken then', async () => {
    const mirror = await inParts(slow)
    mirror.serve('/c', bodies[2] as Buffer, gone)
    mirror.serve('/whole', whole)
    const params = paramsFor(mirror)
    const { offer, done } = reading()
    const download = { ...params.download, mirrors: [`${mirror.url}/whole`] }
    const { bytes } = await fetched({ ...params, download }, { offer, host }, small)
    await done().catch(() => {})
    expect(bytes?.equals(whole)).toBe(true)
  })

  test('where nobody reads it is named in its turn', async () => {
    const mirror = await inParts()
    mirror.serve('/b', bodies[1] as Buffer, gone)
    const { problem } = await fetched(paramsFor(mirror), {}, small)
    expect(problem?.diagnostics[0]?.message).toMatch(/does not have b\.$/)
  })

  test('a host that knows nothing but GET has them all', async () => {
    const mirror = await inParts(slow)
    for (const name of ['/b', '/c']) mirror.script(name, [gone])
    const first = bodies[0]?.length ?? 0
    const { offer, found, done } = reading()
    const params = paramsFor(mirror)
    const { bytes } = await fetched(params, { offer, host }, small)
    await done()
    expect(bytes?.equals(whole)).toBe(true)
    expect(found[0]).toBeLessThan(first)
  })

  test('on this machine: before anything is copied', async () => {
    const params = paramsOf(['a.part', 'b.part', 'c.part'])
    for (const name of ['a.part', 'c.part']) writeFileSync(join(params.folder, name), whole)
    const { bench, problem } = await fetched(params)
    expect(problem?.diagnostics[0]).toMatchObject({
      code: 'file-not-found',
      message: 'The file b.part cannot be copied.',
    })
    expect(shelfOf(bench)?.note.kept ?? []).toEqual([])
  })
})

test('nobody reads: no size is asked, and the parts come in their order', async () => {
  const mirror = await inParts()
  const { bytes } = await fetched(paramsFor(mirror), {}, small)
  expect(bytes?.equals(whole)).toBe(true)
  expect(mirror.requests.filter(({ method }) => method === 'HEAD')).toEqual([])
  expect(mirror.requests[0]?.path).toBe('/a')
  expect(mirror.requests.at(-1)?.path).toBe('/c')
})

test('interrupted when the last part was there before the others: nothing of it is fetched again', async () => {
  const mirror = await inParts(slow)
  const { offer, done } = reading()
  const bench = await interrupted(paramsFor(mirror), 200_000, { offer, host }, small)
  await done().catch(() => {})
  const kept = shelfOf(bench)?.note.kept ?? []
  expect(kept.at(-1)?.[1]).toBe(whole.length)
  expect(kept.length).toBeGreaterThan(1)
  names.forEach((name, i) => mirror.serve(name, bodies[i] as Buffer))
  const resumed = await fetched(paramsFor(mirror), { shelf: bench.shelf, host }, small)
  expect(resumed.bytes?.equals(whole)).toBe(true)
  expect(resumed.bench.counts.received).toBeLessThan(whole.length - 100_000)
})
