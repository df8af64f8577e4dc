/**
 * Reads the extra fields of an entry: where its ZIP64 values lie, the name that it has in UTF-8, whether Unix calls it a
 * link. Reads them off the bytes of a directory or of a local header, and judges nothing.
 */

import { crc32 } from 'node:zlib'

export interface Stretch {
  readonly from: number
  readonly to: number
}

export interface Extras {
  /** The values themselves, eight bytes each. */
  readonly zip64?: Stretch | undefined
  /** Info-ZIP's Unicode path: what the name in the header is in UTF-8. */
  readonly unicodePath?: Stretch | undefined
  readonly isLink?: boolean
}

const ids = { zip64: 0x0001, pkwareUnix: 0x000d, unicodePath: 0x7075, asiUnix: 0x756e } as const
const none: Extras = {}

/** Of the fields in `[from, end)`. A field that reaches behind the end is none, and nothing follows it. */
export function readExtras(bytes: Buffer, from: number, end: number): Extras {
  let extras = none
  for (let at = from; at + 4 <= end; ) {
    const field = { from: at + 4, to: at + 4 + bytes.readUInt16LE(at + 2) }
    if (field.to > end) break
    switch (bytes.readUInt16LE(at)) {
      case ids.zip64:
        extras = { zip64: field, ...extras }
        break
      case ids.unicodePath:
        if (field.to - field.from > 5) extras = { unicodePath: field, ...extras }
        break
      case ids.pkwareUnix:
        // Behind times and owner stands what a link leads to, also a hard one.
        if (field.to - field.from > 12) extras = { ...extras, isLink: true }
        break
      case ids.asiUnix:
        if (field.to - field.from >= 6 && (bytes.readUInt16LE(field.from + 4) & 0o170000) === 0o120000)
          extras = { ...extras, isLink: true }
        break
      default:
    }
    at = field.to
  }
  return extras
}

/** The name in UTF-8, where the field was made for the name that the header has. */
export function nameIn(bytes: Buffer, field: Stretch, headerName: Uint8Array): Stretch | undefined {
  const version = bytes[field.from]
  if (version !== 1 || bytes.readUInt32LE(field.from + 1) !== crc32(headerName)) return undefined
  return { from: field.from + 5, to: field.to }
}
