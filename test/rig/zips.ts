/** Zip archives made byte by byte, so that anything in them can be wrong. Right unless told otherwise. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipPart {
  readonly name: string | Buffer
  readonly content?: string | Buffer
  /** 0 (stored, the default) or 8 deflate `content`; with any other number it is taken as packed already. */
  readonly method?: number
  /** What `content` is said to be packed as, if not the truth. */
  readonly packed?: Buffer
  /** Bit 11 (UTF-8) is not set unless given here. */
  readonly flags?: number
  /** Unix mode with its type: `0o120777` is a link. */
  readonly mode?: number
  /** What directory and local header say, if not the truth. */
  readonly says?: { readonly crc32?: number; readonly bytes?: number; readonly compressedBytes?: number }
  /** What the local header says other than the directory. */
  readonly local?: {
    readonly name?: string
    readonly method?: number
    readonly signature?: number
    readonly flags?: number
    readonly crc32?: number
    readonly bytes?: number
    readonly compressedBytes?: number
  }
  readonly localExtra?: Buffer
  /** Extra fields of the directory. */
  readonly extra?: Buffer
  /** Which fields of the directory entry are told by ZIP64 alone. */
  readonly zip64?: readonly ('bytes' | 'compressedBytes' | 'offset')[]
  /** ZIP64 fields are announced, but their values are left out. */
  readonly zip64Lost?: boolean
  /** Where the directory says that it begins, if not the truth. */
  readonly offset?: number
  /** Sizes and CRC stand behind the data, as writers to a pipe do. */
  readonly descriptor?: boolean | Descriptor
  /** Stands behind all of it, where no record is said to be. */
  readonly behind?: string | Buffer
}

export interface Descriptor {
  /** Without its signature. */
  readonly isBare?: boolean
  /** Sizes in eight bytes. */
  readonly isLong?: boolean
  /** It is announced, and not there. */
  readonly isLost?: boolean
  /** What it says, if not the truth. */
  readonly says?: { readonly crc32?: number; readonly bytes?: number; readonly compressedBytes?: number }
}

export interface ZipWhole {
  readonly before?: string | Buffer
  readonly after?: string | Buffer
  readonly comment?: string | Buffer
  /** Write a ZIP64 end record, and put these fields of the plain one to their limits. */
  readonly zip64?: readonly ('entries' | 'bytes' | 'offset')[]
  /** Stands between the directory and the end record. */
  readonly between?: string | Buffer
  /** The plain end record alone says another number of entries. */
  readonly plainEntries?: number
  /** Added to what the end record says. */
  readonly lies?: {
    readonly entries?: number
    readonly bytes?: number
    readonly offset?: number
    readonly disk?: number
    /** Of the ZIP64 end record, in its locator. */
    readonly locator?: number
  }
}

const u16 = (value: number): Buffer => Buffer.from([value & 0xff, (value >>> 8) & 0xff])
const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}
const u64 = (value: number): Buffer => {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64LE(BigInt(value))
  return buffer
}

interface Written {
  readonly part: ZipPart
  readonly name: Buffer
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly bytes: number
  readonly compressedBytes: number
}

export function zipOf(parts: readonly ZipPart[], whole: ZipWhole = {}): Buffer {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const part of parts) {
    const [written, data] = pack(part)
    directory.push(directoryEntry(written, part.offset ?? offset))
    const local = Buffer.concat([
      localHeader(written),
      data,
      ...(part.descriptor ? [descriptor(written, part.descriptor)] : []),
      Buffer.from(part.behind ?? ''),
    ])
    pieces.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = endRecords(parts.length, central.length, offset, whole)
  return Buffer.concat([
    Buffer.from(whole.before ?? ''),
    ...pieces,
    central,
    Buffer.from(whole.between ?? ''),
    end,
    Buffer.from(whole.after ?? ''),
  ])
}

/** Cut before those bytes of the joined file, as `zip -s` does it: places are told by part and offset in it. */
export function splitZipOf(parts: readonly ZipPart[], cuts: readonly number[]): readonly Buffer[] {
  const starts = [0, ...cuts]
  const placeOf = (at: number): Placed => {
    const disk = starts.findLastIndex(start => start <= at)
    return { disk, offset: at - (starts[disk] as number) }
  }
  const pieces = [u32(0x08074b50)]
  const directory: Buffer[] = []
  let at = 4
  for (const part of parts) {
    const [written, data] = pack(part)
    const { disk, offset } = placeOf(at)
    directory.push(directoryEntry(written, part.offset ?? offset, disk))
    const local = Buffer.concat([localHeader(written), data])
    pieces.push(local)
    at += local.length
  }
  const central = Buffer.concat(directory)
  const { disk, offset } = placeOf(at)
  const end = endRecords(parts.length, central.length, offset, {})
  end.writeUInt16LE(cuts.length, 4)
  end.writeUInt16LE(disk, 6)
  const joined = Buffer.concat([...pieces, central, end])
  return starts.map((start, i) => joined.subarray(start, starts[i + 1]))
}

interface Placed {
  readonly disk: number
  readonly offset: number
}

function pack(part: ZipPart): readonly [Written, Buffer] {
  const content = Buffer.from(part.content ?? '')
  const method = part.method ?? 0
  const data = part.packed ?? (method === 8 ? deflateRawSync(content) : content)
  const written = {
    part,
    name: Buffer.from(part.name),
    flags: (part.flags ?? 0) | (part.descriptor ? 8 : 0),
    method,
    crc: part.says?.crc32 ?? crc32(content),
    bytes: part.says?.bytes ?? content.length,
    compressedBytes: part.says?.compressedBytes ?? data.length,
  }
  return [written, data]
}

function localHeader({ part, name, flags, method, crc, bytes, compressedBytes }: Written): Buffer {
  const { local = {} } = part
  const localName = local.name === undefined ? name : Buffer.from(local.name)
  const extra = part.localExtra ?? Buffer.alloc(0)
  const told = [local.crc32 ?? crc, local.compressedBytes ?? compressedBytes, local.bytes ?? bytes]
  const sizes = part.descriptor ? [0, 0, 0] : told
  return Buffer.concat([
    u32(local.signature ?? 0x04034b50),
    u16(20),
    u16(local.flags ?? flags),
    u16(local.method ?? method),
    u32(0x58210000),
    ...sizes.map(u32),
    u16(localName.length),
    u16(extra.length),
    localName,
    extra,
  ])
}

function descriptor(written: Written, given: boolean | Descriptor): Buffer {
  const { isBare, isLong, isLost, says = {} }: Descriptor = given === true || given === false ? {} : given
  if (isLost) return Buffer.alloc(0)
  const size = isLong ? u64 : u32
  return Buffer.concat([
    isBare ? Buffer.alloc(0) : u32(0x08074b50),
    u32(says.crc32 ?? written.crc),
    size(says.compressedBytes ?? written.compressedBytes),
    size(says.bytes ?? written.bytes),
  ])
}

/** An entry as it stands in an archive whose directory does not name it. */
export const unnamedEntry = (part: ZipPart): Buffer => {
  const [written, data] = pack(part)
  return Buffer.concat([localHeader(written), data])
}

function directoryEntry(written: Written, offset: number, disk = 0): Buffer {
  const { part, name, flags, method, crc } = written
  const values = { bytes: written.bytes, compressedBytes: written.compressedBytes, offset }
  const far = new Set(part.zip64)
  const field = (key: keyof typeof values): Buffer => u32(far.has(key) ? 0xffffffff : values[key])
  const told = (['bytes', 'compressedBytes', 'offset'] as const).filter(
    key => far.has(key) && !part.zip64Lost,
  )
  const zip64 = far.size === 0 ? [] : [extraField(1, Buffer.concat(told.map(key => u64(values[key]))))]
  const extra = Buffer.concat([...zip64, part.extra ?? Buffer.alloc(0)])
  return Buffer.concat([
    u32(0x02014b50),
    u16(part.mode === undefined ? 20 : (3 << 8) | 20),
    u16(20),
    u16(flags),
    u16(method),
    u32(0x58210000),
    u32(crc),
    field('compressedBytes'),
    field('bytes'),
    u16(name.length),
    u16(extra.length),
    u16(0),
    u16(disk),
    u16(0),
    u32((part.mode ?? 0) * 65536),
    field('offset'),
    name,
    extra,
  ])
}

/** One field of those behind a name. */
export const extraField = (id: number, content: Buffer): Buffer =>
  Buffer.concat([u16(id), u16(content.length), content])

/** What Info-ZIP writes beside a name that is not UTF-8. */
export const unicodePath = (name: string | Buffer, path: string | Buffer): Buffer =>
  extraField(0x7075, Buffer.concat([Buffer.from([1]), u32(crc32(name)), Buffer.from(path)]))

function endRecords(parts: number, directoryBytes: number, directoryOffset: number, whole: ZipWhole): Buffer {
  const { lies = {}, comment = '' } = whole
  const entries = parts + (lies.entries ?? 0)
  const bytes = directoryBytes + (lies.bytes ?? 0)
  const offset = directoryOffset + (lies.offset ?? 0)
  const far = new Set(whole.zip64)
  const zip64 = [
    Buffer.concat([
      u32(0x06064b50),
      u64(44),
      u16(45),
      u16(45),
      u32(0),
      u32(0),
      u64(entries),
      u64(entries),
      u64(bytes),
      u64(offset),
    ]),
    Buffer.concat([
      u32(0x07064b50),
      u32(0),
      u64(directoryOffset + directoryBytes + (lies.locator ?? 0)),
      u32(1),
    ]),
  ]
  const count = u16(whole.plainEntries ?? (far.has('entries') ? 0xffff : entries))
  return Buffer.concat([
    ...(whole.zip64 ? zip64 : []),
    u32(0x06054b50),
    u16(lies.disk ?? 0),
    u16(lies.disk ?? 0),
    count,
    count,
    u32(far.has('bytes') ? 0xffffffff : bytes),
    u32(far.has('offset') ? 0xffffffff : offset),
    u16(Buffer.byteLength(comment)),
    Buffer.from(comment),
  ])
}

/** Writes an archive into a folder, and returns its path. */
export function writeZip(folder: string, bytes: Buffer, name = 'images.zip'): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}
