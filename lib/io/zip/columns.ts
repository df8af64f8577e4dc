/**
 * The directory of a zip in columns, of memory that threads share: half a million entries are a few dozen megabytes.
 * Knows no record of the format.
 */

export interface ZipColumns {
  /** The archive's name, for messages. */
  readonly archive: string
  readonly count: number
  /** The bytes of the directory: names are read out of it. */
  readonly directory: Uint8Array
  readonly nameAt: Uint32Array
  readonly nameBytes: Uint16Array
  /** The name as the local header must have it: with `./` before it, or before an extra field gave it in UTF-8. */
  readonly headerNameAt: Uint32Array
  readonly headerNameBytes: Uint16Array
  /** Of the local header, in the file. */
  readonly headerOffset: Float64Array
  /** Where what follows an entry begins: nothing of it lies behind. */
  readonly endOffset: Float64Array
  readonly compressedBytes: Float64Array
  readonly bytes: Float64Array
  readonly crc32: Uint32Array
  readonly method: Uint16Array
  /** Bits of `traits`. */
  readonly traits: Uint8Array
  /** All entries by their place in the file, front to back. */
  readonly order: Uint32Array
}

/** What `ZipColumns.traits` says of an entry. The lowest two bits are its kind. */
export const traits = {
  kind: 0b11,
  encrypted: 0b100,
  notAscii: 0b1000,
  notUtf8: 0b1_0000,
  saysUtf8: 0b10_0000,
} as const
export const kinds = ['file', 'folder', 'link', 'special'] as const

export function newColumns(archive: string, count: number, directory: Uint8Array): ZipColumns {
  return {
    archive,
    count,
    directory,
    nameAt: new Uint32Array(shared(4 * count)),
    nameBytes: new Uint16Array(shared(2 * count)),
    headerNameAt: new Uint32Array(shared(4 * count)),
    headerNameBytes: new Uint16Array(shared(2 * count)),
    headerOffset: new Float64Array(shared(8 * count)),
    endOffset: new Float64Array(shared(8 * count)),
    compressedBytes: new Float64Array(shared(8 * count)),
    bytes: new Float64Array(shared(8 * count)),
    crc32: new Uint32Array(shared(4 * count)),
    method: new Uint16Array(shared(2 * count)),
    traits: new Uint8Array(shared(count)),
    order: new Uint32Array(shared(4 * count)),
  }
}

export const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes)

export interface ZipEntry {
  /** As written but for `./` before it, folders with `/` at their end. Where it is not UTF-8 (with or without the flag), it holds U+FFFD. */
  readonly path: string
  readonly isUtf8: boolean
  /** As its local header must have it. */
  readonly headerName: Buffer
  /** Its flags say that the name is UTF-8. */
  readonly saysUtf8: boolean
  /** `special`: a device, pipe or socket. */
  readonly kind: (typeof kinds)[number]
  /** 0 is stored, 8 deflated. */
  readonly method: number
  readonly encrypted: boolean
  readonly crc32: number
  readonly compressedBytes: number
  readonly bytes: number
  /** Of its local header, in the file. */
  readonly headerOffset: number
  /** Where the next entry, or the directory, begins: nothing of this entry lies behind. */
  readonly endOffset: number
}

/** The columns, read. */
export class ZipDirectory {
  readonly columns: ZipColumns
  readonly #names: Buffer

  constructor(columns: ZipColumns) {
    const { buffer, byteOffset, byteLength } = columns.directory
    this.columns = columns
    this.#names = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
  }

  get archive(): string {
    return this.columns.archive
  }

  get count(): number {
    return this.columns.count
  }

  /** Behind the last entry. */
  get entriesEnd(): number {
    const { order, endOffset } = this.columns
    return endOffset[order.at(-1) ?? 0] ?? 0
  }

  path(i: number): string {
    const { nameAt, nameBytes, traits: of } = this.columns
    const at = nameAt[i] as number
    const encoding = (of[i] as number) & traits.notAscii ? 'utf8' : 'latin1'
    return this.#names.toString(encoding, at, at + (nameBytes[i] as number))
  }

  bytes(i: number): number {
    return this.columns.bytes[i] as number
  }

  kind(i: number): ZipEntry['kind'] {
    return kinds[(this.columns.traits[i] as number) & traits.kind] as ZipEntry['kind']
  }

  entry(i: number): ZipEntry {
    const { columns } = this
    const of = columns.traits[i] as number
    const headerNameAt = columns.headerNameAt[i] as number
    return {
      path: this.path(i),
      isUtf8: (of & traits.notUtf8) === 0,
      headerName: this.#names.subarray(headerNameAt, headerNameAt + (columns.headerNameBytes[i] as number)),
      saysUtf8: (of & traits.saysUtf8) !== 0,
      kind: this.kind(i),
      method: columns.method[i] as number,
      encrypted: (of & traits.encrypted) !== 0,
      crc32: columns.crc32[i] as number,
      compressedBytes: columns.compressedBytes[i] as number,
      bytes: columns.bytes[i] as number,
      headerOffset: columns.headerOffset[i] as number,
      endOffset: columns.endOffset[i] as number,
    }
  }
}
