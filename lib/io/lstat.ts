/**
 * What `lstat` tells, a million times: by one call of the system that fills the same bytes again and again, where Node makes
 * an object with four dates a file. Knows no manifest. Where the system's call cannot be reached, Node's serves.
 */

import { lstatSync, statSync } from 'node:fs'
import { errorCode } from './disk.ts'
import { type StatxCall, statxCall } from './native.ts'

/** One for each thread; what it tells of a file is there until it looks at the next. */
export abstract class Lstat {
  isFile = false
  isFolder = false
  size = 0
  /** Milliseconds with fraction, as `fs.Stats` has them. */
  mtimeMs = 0
  ctimeMs = 0
  ino = 0

  /** Whether anything lies at the path: absolute, UTF-8, ended by a zero. Throws errors of the disk. */
  abstract look(path: Buffer, throughLinks: boolean): boolean
}

/** `files`: about so many will be looked at; for a few the system's call is not worth its package. */
export function lstatFor(files: number): Lstat {
  const call = files < callFromFiles ? undefined : statxCall()
  return call ? new BySystem(call) : new ByNode()
}

const callFromFiles = 5000

const textOf = (path: Buffer): string => path.toString('utf8', 0, path.indexOf(0))

/** Positions in `struct statx` of Linux, the same on every machine: in 16-bit, 32-bit and 64-bit numbers. */
const at = {
  mode: 28 / 2,
  ino: 32 / 8,
  size: 40 / 8,
  ctime: 96 / 8,
  ctimeNs: 104 / 4,
  mtime: 112 / 8,
  mtimeNs: 120 / 4,
}
const statxBytes = 256
const typeMask = 0o170000
const regular = 0o100000
const folder = 0o040000

class BySystem extends Lstat {
  readonly #call: StatxCall
  readonly #filled = new ArrayBuffer(statxBytes)
  readonly #bytes = new Uint8Array(this.#filled)
  readonly #halves = new Uint16Array(this.#filled)
  readonly #words = new Uint32Array(this.#filled)

  constructor(call: StatxCall) {
    super()
    this.#call = call
  }

  look(path: Buffer, throughLinks: boolean): boolean {
    const error = this.#call(path, this.#bytes, throughLinks)
    if (error === 'ENOENT' || error === 'ENOTDIR') return false
    if (error !== undefined)
      throw Object.assign(new Error(`${error}: lstat '${textOf(path)}'`), {
        code: error,
        syscall: 'lstat',
        path: textOf(path),
      })
    const type = (this.#halves[at.mode] as number) & typeMask
    this.isFile = type === regular
    this.isFolder = type === folder
    this.size = this.#whole(at.size)
    this.ino = this.#whole(at.ino)
    this.mtimeMs = this.#whole(at.mtime) * 1e3 + (this.#words[at.mtimeNs] as number) / 1e6
    this.ctimeMs = this.#whole(at.ctime) * 1e3 + (this.#words[at.ctimeNs] as number) / 1e6
    return true
  }

  /** Of 64 bits with a sign, in the byte order of the machines that Node runs on: little endian. */
  #whole(index: number): number {
    return (this.#words[2 * index] as number) + ((this.#words[2 * index + 1] as number) | 0) * 2 ** 32
  }
}

class ByNode extends Lstat {
  look(path: Buffer, throughLinks: boolean): boolean {
    const text = textOf(path)
    try {
      const stats = (throughLinks ? statSync : lstatSync)(text, { throwIfNoEntry: false })
      if (stats === undefined) return false
      this.isFile = stats.isFile()
      this.isFolder = stats.isDirectory()
      this.size = stats.size
      this.ino = stats.ino
      this.mtimeMs = stats.mtimeMs
      this.ctimeMs = stats.ctimeMs
      return true
    } catch (error) {
      if (errorCode(error) === 'ENOTDIR') return false
      throw error
    }
  }
}
