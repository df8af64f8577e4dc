/**
 * Finds the directory of a zip from the records at its end: with a comment, with ZIP64. What stands before or behind the
 * archive is refused, and so is an end that is not the archive's own. Reads no entry.
 */

import { formatCount, plural } from '../../model/units.ts'
import { corrupt, packAgain } from './corrupt.ts'
import { tooFew } from './count.ts'
import { localSignature } from './layout.ts'
import { bytesAfter, bytesBefore } from './outside.ts'
import type { RandomAccess } from './random-access.ts'
import { cut, notAZip, withoutZip64 } from './resemblance.ts'
import { partsAmiss, startsOfParts } from './split.ts'

export interface DirectoryPlace {
  /** Where the archive begins in the file: offsets inside of it count from here. */
  readonly start: number
  /** Where each part of a split archive begins in the file: offsets count from the part of an entry then. */
  readonly starts?: readonly number[]
  /** Where the directory begins in the file. */
  readonly offset: number
  readonly bytes: number
  readonly entries: number
}

const endBytes = 22
const locatorBytes = 20
const zip64EndBytes = 56
const entryBytesAtLeast = 46
const endSignature = Buffer.from('PK\x05\x06')
const locatorSignature = 0x07064b50
const zip64EndSignature = 0x06064b50
const entrySignature = 0x02014b50

export async function findDirectory(source: RandomAccess): Promise<DirectoryPlace> {
  const tailBytes = Math.min(source.bytes, endBytes + 0xffff)
  const tailAt = source.bytes - tailBytes
  const tail = await source.read(tailAt, tailBytes)
  const inTail = findEnd(tail)
  if (inTail === undefined)
    throw (await partsAmiss(source, hasSplitEnd)) ?? cutWithin(source, tail) ?? (await notAZip(source))
  const endAt = tailAt + inTail
  const end = readEnd(tail.subarray(inTail, inTail + endBytes))
  const zip64 = await readZip64(source, endAt)
  if (zip64) refuseTwoEnds(source.name, end, zip64.end)
  const place = await checked(source, combine(end, zip64?.end), zip64 ?? { recordAt: endAt }).catch(
    (error: unknown) => {
      throw twoEnds(source.name, tail, inTail) ?? error
    },
  )
  // Of a split archive it says where in a part.
  if (zip64 && !place.starts && zip64.saidAt !== zip64.recordAt) throw elsewhereThanSaid(source.name, zip64)
  const rest = tail.subarray(behind(tail, inTail))
  if (rest.length > 0) throw bytesAfter(source.name, source.bytes, rest)
  return place
}

interface End {
  readonly disk: number
  readonly directoryDisk: number
  readonly entriesHere: number
  readonly entries: number
  readonly bytes: number
  /** Of the directory, from the start of the archive. */
  readonly offset: number
}

const limits: End = {
  disk: 0xffff,
  directoryDisk: 0xffff,
  entriesHere: 0xffff,
  entries: 0xffff,
  bytes: 0xffffffff,
  offset: 0xffffffff,
}

/** Where the archive ends whose end record is at `at`. */
const behind = (tail: Buffer, at: number): number => at + endBytes + tail.readUInt16LE(at + 20)

/**
 * The signature may also stand in a comment or in a stored zip within the zip: the record whose comment ends with the
 * file is preferred, then the last one that fits (bytes were appended).
 */
function findEnd(tail: Buffer, last = tail.length): number | undefined {
  let fits: number | undefined
  for (
    let at = tail.lastIndexOf(endSignature, last);
    at >= 0;
    at = at === 0 ? -1 : tail.lastIndexOf(endSignature, at - 1)
  ) {
    if (at + endBytes > tail.length) continue
    const after = tail.length - behind(tail, at)
    if (after === 0) return at
    if (after > 0) fits ??= at
  }
  return fits
}

/** The record at `at` leads nowhere, and one before it has a comment that reaches to the end as well. */
function twoEnds(archive: string, tail: Buffer, at: number): Error | undefined {
  const before = findEnd(tail, at - 1)
  if (at === 0 || before === undefined || behind(tail, before) !== tail.length) return undefined
  return corrupt(
    archive,
    'its comment holds a second end record, and readers differ in which one they believe',
    [
      { label: 'found', text: `a comment of ${plural(tail.length - before - endBytes, 'byte')}` },
      { label: 'found', text: `an end record ${plural(tail.length - at, 'byte')} before the end of it` },
    ],
    packAgain,
  )
}

/** The record is there, and the file ends before it does. */
function cutWithin(source: RandomAccess, tail: Buffer): Error | undefined {
  const at = tail.lastIndexOf(endSignature)
  if (at < 0) return undefined
  const end = at + endBytes > tail.length ? at + endBytes : behind(tail, at)
  return end > tail.length ? cut(source, end - tail.length) : undefined
}

function hasSplitEnd(tail: Buffer): boolean {
  const at = findEnd(tail)
  return at !== undefined && readEnd(tail.subarray(at)).disk > 0
}

const readEnd = (record: Buffer): End => ({
  disk: record.readUInt16LE(4),
  directoryDisk: record.readUInt16LE(6),
  entriesHere: record.readUInt16LE(8),
  entries: record.readUInt16LE(10),
  bytes: record.readUInt32LE(12),
  offset: record.readUInt32LE(16),
})

interface Zip64 {
  readonly end: End
  readonly recordAt: number
  /** Where its locator says that it is. */
  readonly saidAt: number
}

async function readZip64(source: RandomAccess, endAt: number): Promise<Zip64 | undefined> {
  const locatorAt = endAt - locatorBytes
  if (locatorAt < zip64EndBytes) return undefined
  const locator = await source.read(locatorAt, locatorBytes)
  if (locator.readUInt32LE(0) !== locatorSignature) return undefined
  // Nearly always directly before the locator, also where bytes before the archive make the stated offset wrong.
  const saidAt = Number(locator.readBigUInt64LE(8))
  for (const recordAt of [locatorAt - zip64EndBytes, saidAt]) {
    if (recordAt > locatorAt - zip64EndBytes) continue
    const record = await source.read(recordAt, zip64EndBytes)
    if (record.readUInt32LE(0) === zip64EndSignature) return { end: readZip64End(record), recordAt, saidAt }
  }
  throw corrupt(source.name, 'the ZIP64 record at its end is missing')
}

const readZip64End = (record: Buffer): End => ({
  disk: record.readUInt32LE(16),
  directoryDisk: record.readUInt32LE(20),
  entriesHere: Number(record.readBigUInt64LE(24)),
  entries: Number(record.readBigUInt64LE(32)),
  bytes: Number(record.readBigUInt64LE(40)),
  offset: Number(record.readBigUInt64LE(48)),
})

/** Readers differ in which of the two they believe, and so in what they unpack. */
function refuseTwoEnds(archive: string, end: End, zip64: End): void {
  for (const field of ['entries', 'bytes', 'offset'] as const)
    if (end[field] !== limits[field] && end[field] !== zip64[field])
      throw corrupt(archive, 'its two end records contradict each other', [
        { label: 'wanted', text: `${field}: ${end[field]}`, from: 'the end record' },
        { label: 'found', text: `${field}: ${zip64[field]}`, from: 'the ZIP64 end record' },
      ])
}

/** Readers that go there, and readers that look before the locator, could see two archives. */
const elsewhereThanSaid = (archive: string, { recordAt, saidAt }: Zip64): Error =>
  corrupt(archive, 'its ZIP64 end record is not where its end says', [
    { label: 'wanted', text: `at byte ${formatCount(saidAt)}`, from: 'the locator at its end' },
    { label: 'found', text: `at byte ${formatCount(recordAt)}` },
  ])

/** A field at its limit means the ZIP64 one, if there is one: an archive may hold just 65,535 entries without ZIP64. */
function combine(end: End, zip64: End | undefined): End {
  const pick = (field: keyof End): number =>
    zip64 !== undefined && end[field] === limits[field] ? zip64[field] : end[field]
  return {
    disk: pick('disk'),
    directoryDisk: pick('directoryDisk'),
    entriesHere: pick('entriesHere'),
    entries: pick('entries'),
    bytes: pick('bytes'),
    offset: pick('offset'),
  }
}

async function checked(
  source: RandomAccess,
  end: End,
  { recordAt }: { readonly recordAt: number },
): Promise<DirectoryPlace> {
  const broken = (what: string): Error => corrupt(source.name, what)
  const starts = end.disk > 0 ? await startsOfParts(source, end, recordAt) : undefined
  if (!starts && end.entriesHere !== end.entries)
    throw broken('its end record counts its entries in two ways')
  const offset = recordAt - end.bytes
  const start = starts ? 0 : offset - end.offset
  if (start < 0) throw broken('its directory is said to lie where it cannot')
  if (end.entries * entryBytesAtLeast > end.bytes) throw tooFew(source.name, end.entries)
  if (start > 0) throw await elsewhere(source, start, end.offset)
  return { start, ...(starts && { starts }), offset, bytes: end.bytes, entries: end.entries }
}

/** Why the directory does not lie where the end record says, but `start` bytes behind that. */
async function elsewhere(source: RandomAccess, start: number, offset: number): Promise<Error> {
  const { name } = source
  const head = await source.read(0, Math.min(64, start))
  if (await endsAt(source, start)) return bytesBefore(name, start, head)
  const said = await source.read(offset, 4)
  if (said.readUInt32LE(0) === entrySignature)
    return corrupt(name, 'bytes stand between its directory and its end', [
      { label: 'found', text: plural(start, 'byte') },
    ])
  if (!head.toString('latin1').startsWith('PK\x03\x04')) return bytesBefore(name, start, head)
  if (start % 2 ** 32 === 0) return withoutZip64(name, start)
  // Of a whole zip only the record says another place; of a cut one it is that of a zip within, from which its offsets count.
  const [first, within] = await firstEntry(source, start + offset, start)
  return first && !within
    ? corrupt(name, 'its end record does not say where its directory lies', [
        { label: 'wanted', text: `byte ${formatCount(start + offset)}` },
        { label: 'found', text: `byte ${formatCount(offset)}`, from: 'the end record' },
      ])
    : cut(source)
}

/** Whether the first entry of a directory begins where that says, from the beginning of the file and from `start`. */
async function firstEntry(
  source: RandomAccess,
  directoryAt: number,
  start: number,
): Promise<readonly [boolean, boolean]> {
  const entry = await source.read(directoryAt, Math.min(entryBytesAtLeast, source.bytes - directoryAt))
  if (entry.length < entryBytesAtLeast || entry.readUInt32LE(0) !== entrySignature) return [false, false]
  const offset = entry.readUInt32LE(42)
  const isEntry = async (at: number): Promise<boolean> =>
    at + 4 <= source.bytes && (await source.read(at, 4)).readUInt32LE(0) === localSignature
  return [await isEntry(offset), await isEntry(start + offset)]
}

/** Whether another zip ends there. */
async function endsAt(source: RandomAccess, at: number): Promise<boolean> {
  const tailBytes = Math.min(at, endBytes + 0xffff)
  const tail = await source.read(at - tailBytes, tailBytes)
  const end = findEnd(tail)
  return end !== undefined && behind(tail, end) === tail.length
}
