/**
 * The stretch of a file that is held at a time: read into at its end, given up at its front. Tells lines and columns of what
 * lies in it, and whether it is UTF-8. Knows no JSON.
 */

import { isAscii, isUtf8 } from 'node:buffer'

const lineFeed = 0x0a
/** Bytes kept in front of what is still to be read, to be shown with a mistake. */
const context = 48
const firstBytes = 1 << 20

export class Window {
  /** A byte of zero follows what was read. */
  bytes = Buffer.alloc(firstBytes)
  /** Offset of `bytes` in the file. */
  offset = 0
  /** The next byte that is to be looked at, and behind the last one that was read. */
  at = 0
  end = 0
  /** All that was read is UTF-8, but for the beginning of a character at the end. */
  isText = true
  /** Up to where that was looked at; never inside a character. */
  #looked = 0
  /** Of the line that `counted` lies in: its offset in the file, and bytes more than UTF-16 units up to there. */
  #lineStart = 0
  #surplus = 0
  /** Up to where lines and units were counted. */
  #counted = 0

  /** Where to read to next. What lies before `at` is given up; the window doubles where it is full of what does not. */
  room(): Buffer {
    this.#count(this.at)
    const kept = Math.max(0, this.at - context)
    const target = this.end - kept > this.bytes.length / 2 ? Buffer.alloc(this.bytes.length * 2) : this.bytes
    this.bytes.copy(target, 0, kept, this.end)
    this.bytes = target
    this.offset += kept
    this.at -= kept
    this.end -= kept
    this.#looked -= kept
    this.#counted -= kept
    target[this.end] = 0
    return target.subarray(this.end, target.length - 1)
  }

  /** So many bytes were read into that room. */
  took(count: number): void {
    this.end += count
    this.bytes[this.end] = 0
    const border = lastBorder(this.bytes, this.#looked, this.end)
    this.isText &&= isUtf8(this.bytes.subarray(this.#looked, border))
    this.#looked = border
  }

  /** Nothing more comes: a character that has begun is none. */
  close(): void {
    this.isText &&= this.#looked === this.end
  }

  /** A few bytes before `at`. */
  before(): Buffer {
    return Buffer.from(this.bytes.subarray(Math.max(0, this.at - context), this.at))
  }

  /** Offset in the file of the line that `at` lies in, and how many bytes more than UTF-16 units it has up to there. */
  line(): { readonly lineStart: number; readonly surplus: number } {
    this.#count(this.at)
    return { lineStart: this.#lineStart, surplus: this.#surplus }
  }

  #count(to: number): void {
    const passed = this.bytes.subarray(this.#counted, to)
    const last = passed.lastIndexOf(lineFeed)
    if (last >= 0) {
      this.#lineStart = this.offset + this.#counted + last + 1
      this.#surplus = 0
    }
    this.#surplus += surplusOf(passed.subarray(last + 1))
    this.#counted = to
  }
}

/** The last place at or before `end` where a character can begin, if the bytes are UTF-8. */
function lastBorder(bytes: Buffer, from: number, end: number): number {
  for (let at = end - 1; at >= Math.max(from, end - 3); at -= 1) {
    const byte = bytes[at] as number
    if (byte < 0x80) return end
    if (byte < 0xc0) continue
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    return at + length > end ? at : end
  }
  return end
}

/** Where all of a stretch is ASCII, that is told at the speed of memory. */
const stretch = 4096

/** Of text in UTF-8. A file may be one line: all of its bytes come here. */
function surplusOf(bytes: Buffer): number {
  const { buffer, byteOffset, length } = bytes
  if (length < 4) return surplusIn(bytes, 0, length)
  const first = -byteOffset & 3
  const words = new Int32Array(buffer, byteOffset + first, (length - first) >> 2)
  let surplus = surplusIn(bytes, 0, first)
  for (let from = 0; from < words.length; from += stretch / 4) {
    const at = first + 4 * from
    if (!isAscii(bytes.subarray(at, at + stretch)))
      surplus += surplusInWords(bytes, first, words, from, Math.min(words.length, from + stretch / 4))
  }
  return surplus + surplusIn(bytes, first + 4 * words.length, length)
}

/** Few words hold more than ASCII, even where every stretch does. `words`: the bytes from `first` on. */
function surplusInWords(bytes: Buffer, first: number, words: Int32Array, from: number, to: number): number {
  let surplus = 0
  let i = from
  for (; i + 4 <= to; i += 4) {
    const [a, b, c, d] = [words[i], words[i + 1], words[i + 2], words[i + 3]] as [
      number,
      number,
      number,
      number,
    ]
    if (((a | b | c | d) & 0x80808080) !== 0) surplus += surplusIn(bytes, first + 4 * i, first + 4 * i + 16)
  }
  return surplus + surplusIn(bytes, first + 4 * i, first + 4 * to)
}

/** A character of two bytes is one unit, of three one, of four two. */
function surplusIn(bytes: Buffer, from: number, to: number): number {
  let surplus = 0
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number
    if (byte >= 0x80) surplus += byte < 0xc0 ? 1 : byte >= 0xf0 ? -1 : 0
  }
  return surplus
}
