/**
 * The door to tars: reads one front to back, entry by entry, and refuses what contradicts itself. Never seeks, and holds
 * no more than headers and the pieces at hand. Finds no name good or bad, and does not know where content goes.
 */

import type { Evidence, Problem } from '../model/problem.ts'
import { formatBytes } from '../model/units.ts'
import type { Pull } from './pull.ts'
import { corrupt, type Ending } from './tar/corrupt.ts'
import { type Announced, entryOf, type Said, saidBy, type TarEntry } from './tar/entry.ts'
import { blockBytes, type Header, isLikeHeader, isZero, readHeader } from './tar/header.ts'
import { paxRecords } from './tar/pax.ts'

export { type Ending, refuseEnding, warningsOfEnding } from './tar/corrupt.ts'
export type { TarEntry } from './tar/entry.ts'

/** Names and attributes of one entry are never near this; more is an attempt on memory. */
const extensionBytesAtMost = 1 << 20

/** Whether a file begins with a header, a damaged one, or with the zeros that are a tar of nothing. */
export function beginsLikeTar(head: Buffer): 'yes' | 'damaged' | 'with zeros' | 'no' {
  const header = head.length < blockBytes ? undefined : readHeader(head.subarray(0, blockBytes))
  if (header !== undefined) return header === 'zero' ? 'with zeros' : 'yes'
  return isLikeHeader(head) ? 'damaged' : 'no'
}

export class TarReader {
  readonly #archive: string
  readonly #source: Pull
  /** For all entries that follow. */
  #global: Said = {}
  /** Of the present entry, and of its content. */
  #path = ''
  #left = 0
  #padding = 0
  #isMarked = false
  /** Where the mark of the end begins. */
  #endAt = 0

  /** `archive`: what it is called in messages. */
  constructor(archive: string, source: Pull) {
    this.#archive = archive
    this.#source = source
  }

  /** The next entry, whatever was read of the last one's content; undefined at the end. */
  async next(): Promise<TarEntry | undefined> {
    await this.#passContent()
    let announced: Announced | undefined
    for (;;) {
      const at = this.#source.position
      const block = await this.#source.take(blockBytes)
      const header = readHeader(block)
      if (header === 'zero') {
        if (announced) throw this.#corrupt('an entry was announced that does not follow', at)
        this.#isMarked = block.length === blockBytes
        this.#endAt = at
        return undefined
      }
      if (header === undefined)
        throw this.#corrupt(
          block.length < blockBytes
            ? 'it is cut'
            : isLikeHeader(block)
              ? 'the header of an entry does not have its checksum'
              : 'no entry begins where one should',
          at,
        )
      const before = announced ?? { global: this.#global, pax: undefined, gnu: {} }
      switch (header.type) {
        case 'g':
          this.#global = { ...this.#global, ...(await this.#said(header, at)) }
          break
        // A label of the whole.
        case 'V':
          break
        case 'x':
        case 'X':
          announced = { ...before, pax: { ...before.pax, ...(await this.#said(header, at)) } }
          break
        case 'L':
          announced = { ...before, gnu: { ...before.gnu, path: await this.#longName(header, at) } }
          break
        case 'K':
          announced = { ...before, gnu: { ...before.gnu, linkpath: await this.#longName(header, at) } }
          break
        default:
          return this.#begin(header, { ...before, global: this.#global }, at)
      }
    }
  }

  /** The content of the present entry, whole. For small ones. */
  async whole(): Promise<Buffer> {
    const wanted = this.#left
    const bytes = await this.#source.take(wanted)
    this.#left -= bytes.length
    if (this.#left > 0) throw this.#cut()
    return bytes
  }

  /** More of the present entry's content; undefined at its end. */
  async piece(): Promise<Buffer | undefined> {
    if (this.#left === 0) return undefined
    const bytes = await this.#source.some(this.#left)
    this.#left -= bytes.length
    if (bytes.length === 0) throw this.#cut()
    return bytes
  }

  /** To be asked when there is no next entry: reads to the end of the file. */
  async ending(): Promise<Ending> {
    for (;;) {
      const block = await this.#source.take(blockBytes)
      if (isZero(block) && block.length > 0) continue
      const strayBytes = block.length + (await this.#source.skip(Number.POSITIVE_INFINITY))
      const isAnother = beginsLikeTar(block) === 'yes'
      const isInRecord = isOfLastRecord(this.#endAt, this.#source.position)
      return { isMarked: this.#isMarked, strayBytes, isAnother, isInRecord }
    }
  }

  async #said(header: Header, at: number): Promise<Said> {
    const records = paxRecords(await this.#extension(header, at))
    if (records === undefined) throw this.#corrupt('an extended header cannot be read', at)
    return saidBy(records)
  }

  async #longName(header: Header, at: number): Promise<Buffer> {
    const name = await this.#extension(header, at)
    const end = name.indexOf(0)
    return end < 0 ? name : name.subarray(0, end)
  }

  async #extension({ bytes }: Header, at: number): Promise<Buffer> {
    if (bytes === undefined || bytes > extensionBytesAtMost)
      throw this.#corrupt('an extended header is larger than any can be', at, [
        { label: 'found', text: bytes === undefined ? 'no number' : formatBytes(bytes) },
      ])
    const body = await this.#source.take(bytes)
    await this.#source.skip(paddingOf(bytes))
    if (body.length < bytes) throw this.#corrupt('it is cut', this.#source.position)
    // A copy: what is kept must not hold the piece that it came in.
    return Buffer.from(body)
  }

  async #begin(header: Header, announced: Announced, at: number): Promise<TarEntry> {
    const entry = entryOf(header, announced)
    if (entry === undefined) throw this.#corrupt('the size of an entry is no number', at)
    for (let isContinued = header.type === 'S' && header.isContinued; isContinued; )
      isContinued = (await this.#source.take(blockBytes))[504] === 1
    this.#path = entry.path
    this.#left = entry.bytes
    this.#padding = paddingOf(entry.bytes)
    return entry
  }

  async #passContent(): Promise<void> {
    this.#left -= await this.#source.skip(this.#left)
    if (this.#left > 0) throw this.#cut()
    const padding = await this.#source.skip(this.#padding)
    if (padding < this.#padding) throw this.#corrupt('it is cut', this.#source.position)
    this.#padding = 0
  }

  #cut(): Problem {
    return this.#corrupt('it is cut', this.#source.position, [
      { label: 'entry', text: this.#path.slice(0, 160) },
      { label: 'wanted', text: `${formatBytes(this.#left)} more` },
    ])
  }

  #corrupt(what: string, at: number, evidence: readonly Evidence[] = []): Problem {
    return corrupt(this.#archive, what, at, evidence)
  }
}

/** Archives are written in records of twenty blocks, and of the last one POSIX leaves open what stands behind the end. */
const recordBytes = 20 * blockBytes

/** Whether the mark, of two blocks, ends in the last of whole records. `at`: where it begins. */
const isOfLastRecord = (at: number, bytes: number): boolean =>
  bytes % recordBytes === 0 && bytes - (at + 2 * blockBytes) < recordBytes

const paddingOf = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes
