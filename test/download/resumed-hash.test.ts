/** What was hashed of a partial file is neither read nor hashed again by the run that goes on with it. */

import { closeSync, mkdtempSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PartialFile } from '../../tasks/download/partial.ts'
import { usual } from '../../tasks/download/tuning.ts'
import {
  addressAt,
  content,
  fetched,
  interrupted,
  md5,
  mirrorOf,
  paramsOf,
  ranges,
  sha256,
  shelfOf,
} from './rig.ts'

const body = content(14_000_000)
const wanted = { sha256: sha256(body), md5: md5(body) }
const { signal } = new AbortController()
const options = { ...usual, md5: true, mayDiscard: () => false, signal: new AbortController().signal }
const origin = { identity: 'an address', at: 0, validator: '"1"', total: body.length }

interface HashNote {
  readonly hash?: { readonly position: number; readonly state: string }
  readonly kept: readonly (readonly [number, number])[]
}

const newShelf = (): string => mkdtempSync(join(tmpdir(), 'groundwork-shelf-'))
const left = (shelf: string) => {
  const found = shelfOf({ shelf })
  if (!found) throw new Error('the shelf is empty')
  return { ...found, note: found.note as unknown as HashNote }
}

async function write(part: PartialFile, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 1 << 20) {
    await part.write(at, [body.subarray(at, Math.min(to, at + (1 << 20)))])
  }
}

/** A run that wrote the first bytes, and was closed when the thread had hashed what it was told of. */
async function begun(bytes: number, opened = options): Promise<string> {
  const shelf = newShelf()
  const part = await PartialFile.open(shelf, opened)
  await part.continueFrom(origin)
  await write(part, 0, bytes)
  await hashedUpTo(part, shelf, bytes)
  await part.close()
  return shelf
}

/** Each change of the origins is a sync, and so a note. */
async function hashedUpTo(part: PartialFile, shelf: string, bytes: number): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    await part.continueFrom({ ...origin, validator: `"${turn}"` })
    if ((left(shelf).note.hash?.position ?? 0) >= bytes - (2 << 20)) break
  }
  await part.continueFrom(origin)
}

/** Zeros on disk where the note says that it was hashed. */
function zero({ partPath, note }: ReturnType<typeof left>): void {
  const file = openSync(partPath, 'r+')
  writeSync(file, Buffer.alloc(note.hash?.position ?? 0))
  closeSync(file)
}

const changeNote = (shelf: string, change: (note: HashNote) => object): void => {
  const { note, notePath } = left(shelf)
  writeFileSync(notePath, JSON.stringify({ ...note, ...change(note) }))
}

async function goOn(shelf: string, opened = options) {
  const part = await PartialFile.open(shelf, opened)
  for (const [from, to] of part.gaps(0, body.length).toJSON()) await write(part, from, to)
  const digests = await part.digests(signal)
  await part.close()
  return digests
}

describe('a note of a part that was hashed while it came', () => {
  test('remembers the digest so far, of bytes that it names as kept', async () => {
    const { note } = left(await begun(12_000_000))
    expect(note.hash?.position).toBe(11 << 20)
    expect(note.hash?.state).toMatch(/^1 \S+ 11534336 sha256=\S+ md5=\S+ /)
    expect(note.kept).toEqual([[0, 12_000_000]])
  })

  test('is enough for the digests, though what was hashed is not on disk any more', async () => {
    const shelf = await begun(12_000_000)
    zero(left(shelf))
    expect(
      left(shelf)
        .part.subarray(0, 11 << 20)
        .equals(Buffer.alloc(11 << 20)),
    ).toBe(true)
    expect(await goOn(shelf)).toEqual(wanted)
  })

  test('still is after a run that received nothing', async () => {
    const shelf = await begun(12_000_000)
    zero(left(shelf))
    await (await PartialFile.open(shelf, options)).close()
    expect(left(shelf).note.hash?.position).toBe(11 << 20)
    expect(await goOn(shelf)).toEqual(wanted)
  })

  test('of a whole file is enough too, though its last byte comes again', async () => {
    const shelf = await begun(body.length)
    zero(left(shelf))
    expect(await goOn(shelf)).toEqual(wanted)
  })

  test('of a file whose last byte ends a piece as well', async () => {
    const whole = body.subarray(0, 13 << 20)
    const shelf = await begun(whole.length)
    changeNote(shelf, () => ({ origins: [{ ...origin, total: whole.length }] }))
    zero(left(shelf))
    const part = await PartialFile.open(shelf, options)
    expect(part.gaps(0, whole.length).toJSON()).toEqual([[whole.length - 1, whole.length]])
    await part.write(whole.length - 1, [whole.subarray(whole.length - 1)])
    expect(await part.digests(signal)).toEqual({ sha256: sha256(whole), md5: md5(whole) })
    await part.close()
  })

  test('serves a run that wants fewer digests', async () => {
    const shelf = await begun(12_000_000)
    zero(left(shelf))
    expect(await goOn(shelf, { ...options, md5: false })).toEqual({ sha256: wanted.sha256 })
  })
})

describe('the bytes are hashed again', () => {
  const state = (change: (text: string) => string) => (note: HashNote) => ({
    hash: { ...note.hash, state: change(note.hash?.state ?? '') },
  })

  test.each<[string, (note: HashNote) => object]>([
    ['after a note of before', () => ({ hash: undefined })],
    ['where the state is torn', state(text => text.slice(0, 100))],
    ['where it is of another position', ({ hash }) => ({ hash: { ...hash, position: 10 << 20 } })],
    ['where nobody here made it', state(text => text.replace(/openssl-..|wasm/, 'abacus'))],
    ['where it is no state', () => ({ hash: { position: '11', state: 5 } })],
    ['where it is null', () => ({ hash: null })],
    ['where less is kept', () => ({ kept: [[0, 9_000_000]] })],
    ['where its beginning is not kept', () => ({ kept: [[1, 12_000_000]] })],
  ])('%s', async (_, change) => {
    const shelf = await begun(12_000_000)
    changeNote(shelf, change)
    expect(await goOn(shelf)).toEqual(wanted)
  })

  test('where the file on disk is shorter than its note says', async () => {
    const shelf = await begun(12_000_000)
    truncateSync(left(shelf).partPath, 9_000_000)
    expect(await goOn(shelf)).toEqual(wanted)
  })

  test('where this run wants more digests', async () => {
    const shelf = await begun(12_000_000, { ...options, md5: false })
    expect(await goOn(shelf)).toEqual(wanted)
  })
})

describe('a part that is emptied', () => {
  test('forgets what was hashed', async () => {
    const shelf = await begun(12_000_000)
    const part = await PartialFile.open(shelf, options)
    await part.empty()
    const other = content(10_000_000, 2)
    await part.continueFrom({ ...origin, validator: '"2"' })
    await part.write(0, [other])
    expect(await part.digests(signal)).toEqual({ sha256: sha256(other), md5: md5(other) })
    await part.close()
  })

  test('up to behind what was hashed keeps that', async () => {
    const shelf = await begun(12_000_000)
    zero(left(shelf))
    const part = await PartialFile.open(shelf, options)
    await part.continueFrom({ ...origin, at: 11_800_000 })
    await write(part, 12_000_000, 14_000_000)
    await part.empty(11_800_000)
    expect(left(shelf).note.hash?.position).toBe(11 << 20)
    await write(part, 11_800_000, 14_000_000)
    expect(await part.digests(signal)).toEqual(wanted)
    await part.close()
  })

  test('in the middle of what was hashed is hashed from its beginning', async () => {
    const shelf = await begun(12_000_000)
    const part = await PartialFile.open(shelf, options)
    await part.empty(9_000_000)
    expect(left(shelf).note.hash?.position ?? 0).toBeLessThanOrEqual(9_000_000)
    await write(part, 9_000_000, body.length)
    expect(await part.digests(signal)).toEqual(wanted)
    await part.close()
  })
})

describe('a download', () => {
  test('that was interrupted goes on with its digest', async () => {
    const mirror = await mirrorOf(body)
    const params = paramsOf(addressAt(mirror), wanted)
    const { shelf } = await interrupted(params, 13_000_000)
    const { hash } = left(shelf).note
    expect(hash?.position ?? 0).toBeLessThanOrEqual(left(shelf).part.length)
    const { bench, problem } = await fetched(params, { shelf })
    expect(problem).toBeUndefined()
    expect(bench.recorded.get(params.fileName)?.sha256).toBe(wanted.sha256)
  })

  test('of a large file that was continued wrongly is hashed anew when it is fetched anew', async () => {
    const mirror = await mirrorOf(body)
    const params = paramsOf(addressAt(mirror), wanted)
    const shelf = await begun(12_000_000)
    const { part, partPath } = left(shelf)
    writeFileSync(partPath, part.fill(1))
    changeNote(shelf, () => ({ hash: undefined }))
    const { bench, bytes, problem } = await fetched(params, { shelf })
    expect(problem).toBeUndefined()
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ code: 'digest-mismatch' }])
    expect(ranges(mirror).slice(0, 2)).toEqual(['bytes=12000000-', undefined])
  })
})
