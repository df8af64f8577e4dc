/** What was seen of the files that a result is to hold: which are right and where, in columns. Looks at no disk. */

import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { unknownDigest } from '../../model/manifest.ts'
import type { Recorded } from './other.ts'

/** The files of one result, and what is known of each beforehand. */
export interface Files {
  readonly count: number
  path(k: number): string
  bytes(k: number): number
  readonly crc32?: (k: number) => number
  /** Hex. */
  readonly sha256?: (k: number) => string
}

/** Where they may lie. */
export interface Spot {
  /** Absolute. */
  readonly folder: string
  /** Where the result belongs. */
  readonly isHome: boolean
  /** A record of what lies there. */
  readonly vouching?: Vouching | undefined
}

export interface Vouching {
  readonly record: Recorded
  /** Which of the entries of its manifest tells of file `k`; -1: none. */
  readonly entry: (k: number) => number
}

const [missing, different, right] = [0, 1, 2]

/** What was seen of each file. */
export class Seen {
  readonly files: Files
  readonly spots: readonly Spot[]
  readonly #states: Uint8Array
  readonly #spots: Uint8Array
  readonly #sha256: Buffer
  readonly #mtimeMs: Float64Array
  /** Files and bytes that were read, and files that a record vouched for. */
  read = { files: 0, bytes: 0 }
  believed = 0
  changed = 0

  constructor(files: Files, spots: readonly Spot[]) {
    this.files = files
    this.spots = spots
    this.#states = new Uint8Array(files.count)
    this.#spots = new Uint8Array(files.count)
    this.#sha256 = Buffer.alloc(32 * files.count)
    this.#mtimeMs = new Float64Array(files.count)
  }

  isRight(k: number): boolean {
    return this.#states[k] === right
  }

  isMissing(k: number): boolean {
    return this.#states[k] === missing
  }

  /** The place where it was found, by its index. */
  spot(k: number): number {
    return this.#spots[k] as number
  }

  isInPlace(k: number): boolean {
    return this.isRight(k) && (this.spots[this.spot(k)] as Spot).isHome
  }

  /** Absolute. */
  pathOf(k: number): string {
    return join((this.spots[this.spot(k)] as Spot).folder, this.files.path(k))
  }

  /** Hex; that of what is not right only where it was known beforehand. */
  sha256(k: number): string {
    if (this.isRight(k)) return this.#sha256.toString('hex', 32 * k, 32 * k + 32)
    return this.files.sha256?.(k) ?? unknownDigest
  }

  /** Whether it is still the file that was read. */
  isStill(k: number, stats: Stats | undefined): boolean {
    return (
      stats?.isFile() === true && stats.size === this.files.bytes(k) && stats.mtimeMs === this.#mtimeMs[k]
    )
  }

  setDifferent(k: number, spot: number): void {
    this.#states[k] = different
    this.#spots[k] = spot
  }

  /** Somebody wrote to it since it was read. */
  setChanged(k: number): void {
    this.changed += 1
    this.setDifferent(k, this.spot(k))
  }

  setRight(k: number, spot: number, sha256: string | Uint8Array, mtimeMs: number): void {
    this.#states[k] = right
    this.#spots[k] = spot
    if (typeof sha256 === 'string') this.#sha256.write(sha256, 32 * k, 'hex')
    else this.#sha256.set(sha256, 32 * k)
    this.#mtimeMs[k] = mtimeMs
  }
}
