/** Watches the room on the disk while an archive of unknown size is unpacked, and refuses before the disk is full. */

import { type Filesystem, reserveOf, roomAt } from '../../lib/io/disk.ts'
import { Problem } from '../../lib/model/problem.ts'
import { formatBytes } from '../../lib/model/units.ts'

/** The disk is asked after so many bytes were taken. */
const askEveryBytes = 64 << 20
/** What the smallest file takes. */
const blockBytes = 4096

export class Room {
  readonly #archive: string
  readonly #ask: () => Filesystem
  readonly #reserve: number
  #left: number
  #sinceAsked = 0
  #taken = 0

  constructor(archive: string, folder: string, filesystemAt = roomAt) {
    this.#archive = archive
    this.#ask = () => filesystemAt(folder)
    const room = this.#ask()
    this.#reserve = reserveOf(room)
    this.#left = room.bytes - this.#reserve
  }

  /** Before a file is written. Throws `no-room` where that would leave too little. */
  takeFile(bytes: number): void {
    this.take(Math.ceil(Math.max(bytes, 1) / blockBytes) * blockBytes)
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
