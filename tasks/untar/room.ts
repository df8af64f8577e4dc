/** Watches the room on the disk while an archive of unknown size is unpacked, and refuses before the disk is full. */

import { type Filesystem, reserveOf, roomAt } from '../../lib/io/disk.ts'
import { Problem } from '../../lib/model/problem.ts'
import { formatBytes, inBlocks } from '../../lib/model/units.ts'

/** The disk is asked after so many bytes were taken. */
const askEveryBytes = 64 << 20

export class Room {
  readonly #archive: string
  readonly #ask: () => Filesystem
  readonly #reserve: number
  readonly #blockBytes: number
  #left: number
  /** Inodes, where they are counted. */
  #files: number
  #sinceAsked = 0
  #taken = 0

  constructor(archive: string, folder: string, filesystemAt = roomAt) {
    this.#archive = archive
    this.#ask = () => filesystemAt(folder)
    const room = this.#ask()
    this.#reserve = reserveOf(room)
    this.#blockBytes = room.blockBytes
    this.#left = room.bytes - this.#reserve
    this.#files = room.files ?? Number.POSITIVE_INFINITY
  }

  /** Before a file is written. Throws `no-room` where that would leave too little. */
  takeFile(bytes: number): void {
    // Others write there as well.
    if (this.#files < 1) this.#files = this.#ask().files ?? Number.POSITIVE_INFINITY
    if (this.#files < 1) throw this.#outOfInodes()
    this.#files -= 1
    this.take(inBlocks(Math.max(bytes, 1), this.#blockBytes))
  }

  /** Before bytes are written. Throws `no-room` where that would leave too little. */
  take(bytes: number): void {
    this.#left -= bytes
    this.#sinceAsked += bytes
    if (this.#left < 0 || this.#sinceAsked >= askEveryBytes) {
      this.#left = this.#ask().bytes - this.#reserve - bytes
      this.#sinceAsked = 0
      if (this.#left < 0) throw this.#full(bytes)
    }
    this.#taken += bytes
  }

  #outOfInodes(): Problem {
    return new Problem({
      code: 'no-room',
      message: `The filesystem has not enough inodes for what ${this.#archive} unpacks to.`,
      evidence: [
        { label: 'wanted', text: 'one for each file and folder' },
        { label: 'found', text: '0 free inodes' },
      ],
      next: 'remove files, or build on a filesystem with more inodes with --root DIR.',
    })
  }

  #full(bytes: number): Problem {
    const free = this.#left + bytes + this.#reserve
    return new Problem({
      code: 'no-room',
      message: `There is no room for what ${this.#archive} unpacks to.`,
      evidence: [
        {
          label: 'wanted',
          text: `${formatBytes(bytes)} more than the ${formatBytes(this.#taken)} that were written`,
        },
        { label: 'found', text: `${formatBytes(Math.max(0, free))} free` },
      ],
      next: 'make room and build again; if it should not be that large, do not trust the archive.',
    })
  }
}
