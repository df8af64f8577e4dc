/** Finds where the frames of a zstd file end, by their headers alone (RFC 8878). Decompresses nothing. */

import { bytesAfter, refuseRest, type Undone } from './rest.ts'

/** The bytes of the frames. Throws where something follows that is neither a frame nor zeros. */
export async function* framesOf(bytes: AsyncIterable<Buffer>, undone: Undone): AsyncGenerator<Buffer> {
  const frames = new Frames(undone)
  for await (const piece of bytes) {
    const end = frames.walk(piece)
    if (end > 0) yield piece.subarray(0, end)
    if (end < piece.length) refuseRest(piece.subarray(end), undone)
  }
}

const magic = 0xfd2fb528
const skippable = 0x184d2a50
const dictionaryBytes = [0, 1, 2, 4]
const contentSizeBytes = [0, 2, 4, 8]
/** What a block of one byte that is repeated holds; and the type that is none. */
const [runOfOne, noBlock] = [1, 3]

type Step = 'magic' | 'size' | 'header' | 'block' | 'end' | 'lost'
const stepBytes = { magic: 4, size: 4, header: 1, block: 3, end: 0, lost: 0 } as const satisfies Record<
  Step,
  number
>

class Frames {
  readonly #undone: Undone
  #step: Step = 'magic'
  /** What is there of what the step reads. */
  readonly #read = Buffer.alloc(4)
  #readBytes = 0
  /** Passed before the next step. */
  #skip = 0
  #hasChecksum = false

  constructor(undone: Undone) {
    this.#undone = undone
  }

  /** How many bytes of the next piece belong to frames. */
  walk(piece: Buffer): number {
    let at = 0
    while (at < piece.length && this.#step !== 'end') {
      // What cannot be understood is for the decompressor to complain of.
      if (this.#step === 'lost') return piece.length
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, piece.length - at)
        this.#skip -= passed
        at += passed
      } else if (this.#step === 'magic' && this.#readBytes === 0 && !mayBegin(piece[at] as number)) {
        this.#step = 'end'
      } else {
        this.#read[this.#readBytes++] = piece[at++] as number
        if (this.#readBytes === stepBytes[this.#step]) this.#next()
      }
    }
    return at
  }

  #next(): void {
    this.#readBytes = 0
    switch (this.#step) {
      case 'magic':
        return this.#begin(this.#read.readUInt32LE(0))
      case 'size':
        this.#skip = this.#read.readUInt32LE(0)
        this.#step = 'magic'
        return
      case 'header':
        return this.#readHeader(this.#read[0] as number)
      case 'block':
        return this.#readBlock(this.#read.readUIntLE(0, 3))
      case 'end':
      case 'lost':
    }
  }

  #begin(word: number): void {
    if (word === magic) this.#step = 'header'
    else if ((word & 0xfffffff0) >>> 0 === skippable) this.#step = 'size'
    else throw bytesAfter(this.#undone, Buffer.from(this.#read))
  }

  #readHeader(descriptor: number): void {
    const isSingle = (descriptor & 0x20) !== 0
    const sizeFlag = descriptor >> 6
    this.#hasChecksum = (descriptor & 0x04) !== 0
    this.#skip =
      (isSingle ? 0 : 1) +
      (dictionaryBytes[descriptor & 3] as number) +
      (sizeFlag === 0 && isSingle ? 1 : (contentSizeBytes[sizeFlag] as number))
    this.#step = 'block'
  }

  #readBlock(header: number): void {
    const type = (header >> 1) & 3
    const isLast = (header & 1) !== 0
    this.#skip = (type === runOfOne ? 1 : header >> 3) + (isLast && this.#hasChecksum ? 4 : 0)
    if (type === noBlock) this.#step = 'lost'
    else if (isLast) this.#step = 'magic'
  }
}

/** Of a frame, or of one that is skipped. */
const mayBegin = (byte: number): boolean => byte === 0x28 || (byte & 0xf0) === 0x50
