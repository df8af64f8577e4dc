/**
 * What `lstat` tells, a million times: by one call of the system that fills the same bytes again and again, where Node makes
 * an object with four dates a file. Knows no manifest. Where the system's call cannot be reached, Node's serves.
 */

import { closeSync, constants, lstatSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from './disk.ts'
import { addressOf, type StatxCall, statxCall, workingFolder } from './native.ts'

/** One for each thread; what it tells of a file is there until it looks at the next. */
export abstract class Lstat {
  isFile = false
  isFolder = false
  size = 0
  /** Milliseconds with fraction, as `fs.Stats` has them. */
  mtimeMs = 0
  ctimeMs = 0
  ino = 0

  /** What is looked at next lies below this folder: absolute. */
  abstract enter(folder: string): void

  /** Whether anything lies at a path below it: bytes `from … to - 1` of `paths`, in UTF-8. Throws errors of the disk. */
  abstract look(paths: Uint8Array, from: number, to: number, throughLinks: boolean): boolean

  /** Nothing is held open any more. */
  abstract leave(): void
}

/** `files`: about so many will be looked at; for a few the system's call is not worth its package. */
export function lstatFor(files: number): Lstat {
  const call = files < callFromFiles ? undefined : statxCall()
  return call ? new BySystem(call) : new ByNode()
}

const callFromFiles = 5000

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

const slash = 0x2f
/** No path that a system takes is longer. */
const longest = 4096
/** Into a folder of fewer files in a row their whole paths lead sooner than opening it does. */
const openFromFiles = 4

/**
 * Files that follow each other in one folder are looked at from there: the system then has one name to look up, not all of a
 * path. Addresses cross as numbers, because those cost the package less than a typed array.
 */
class BySystem extends Lstat {
  readonly #call: StatxCall
  readonly #filled = new ArrayBuffer(statxBytes)
  readonly #halves = new Uint16Array(this.#filled)
  readonly #words = new Uint32Array(this.#filled)
  readonly #filledAt: number
  /** A name, at its end and ended by a zero. */
  readonly #name = new Uint8Array(longest + 1)
  readonly #nameAt: number
  /** A whole path, ended by a zero. */
  #path: Buffer = Buffer.alloc(0)
  #pathAt = 0
  /** Of the path: as far as the folder that was entered, with its slash. */
  #top = 0
  /** The folder of the last file: where its path stands, and how many looks in a row were into it. */
  #folderIn: Uint8Array | undefined
  #folderFrom = 0
  #folderBytes = 0
  #looks = 0
  #open: number | undefined

  constructor(call: StatxCall) {
    super()
    this.#call = call
    this.#filledAt = addressOf(this.#filled)
    this.#nameAt = addressOf(this.#name)
  }

  enter(folder: string): void {
    this.leave()
    const top = Buffer.from(folder.endsWith('/') ? folder : `${folder}/`)
    this.#top = top.length
    if (this.#path.length < top.length + longest + 1) {
      const bytes = new ArrayBuffer(top.length + longest + 1)
      this.#path = Buffer.from(bytes)
      this.#pathAt = addressOf(bytes)
    }
    this.#path.set(top)
  }

  look(paths: Uint8Array, from: number, to: number, throughLinks: boolean): boolean {
    const start = this.#nameIn(paths, from, to)
    this.#follow(paths, from, start - from)
    const code =
      this.#open === undefined || start === to
        ? this.#ask(workingFolder, this.#wholePath(paths, from, to), throughLinks)
        : this.#ask(this.#open, this.#nameAt + longest - (to - start), throughLinks)
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    if (code !== undefined) throw failed(code, this.#textOf(paths, from, to - from))
    this.#read()
    return true
  }

  leave(): void {
    this.#folderIn = undefined
    this.#close()
  }

  /** Copies the name that a path ends with, and says where that begins. */
  #nameIn(paths: Uint8Array, from: number, to: number): number {
    const name = this.#name
    let at = to
    for (let into = longest; at > from && into > 0; at -= 1) {
      const byte = paths[at - 1] as number
      if (byte === slash) break
      into -= 1
      name[into] = byte
    }
    return at
  }

  /** Opens the folder of a path, once enough looks in a row went there. */
  #follow(paths: Uint8Array, from: number, bytes: number): void {
    if (this.#isSameFolder(paths, from, bytes)) {
      this.#looks += 1
      if (this.#looks === openFromFiles) this.#open = opened(this.#textOf(paths, from, bytes))
      return
    }
    this.#close()
    this.#folderIn = paths
    this.#folderFrom = from
    this.#folderBytes = bytes
    this.#looks = 1
  }

  #isSameFolder(paths: Uint8Array, from: number, bytes: number): boolean {
    if (this.#folderIn !== paths || this.#folderBytes !== bytes) return false
    const was = this.#folderFrom
    for (let k = 0; k < bytes; k += 1) if (paths[from + k] !== paths[was + k]) return false
    return true
  }

  #close(): void {
    if (this.#open !== undefined) closeSync(this.#open)
    this.#open = undefined
  }

  /** Its address. */
  #wholePath(paths: Uint8Array, from: number, to: number): number {
    // What is cut off is too long for the system all the same.
    const bytes = Math.min(to - from, longest)
    this.#path.set(paths.subarray(from, from + bytes), this.#top)
    this.#path[this.#top + bytes] = 0
    return this.#pathAt
  }

  #textOf(paths: Uint8Array, from: number, bytes: number): string {
    this.#wholePath(paths, from, from + bytes)
    return this.#path.toString('utf8', 0, this.#top + bytes)
  }

  /** `filled` tells of what lies there; else what went wrong. */
  #ask(folder: number, path: number, throughLinks: boolean): string | undefined {
    return this.#call(folder, path, this.#filledAt, throughLinks)
  }

  #read(): void {
    const type = (this.#halves[at.mode] as number) & typeMask
    this.isFile = type === regular
    this.isFolder = type === folder
    this.size = this.#whole(at.size)
    this.ino = this.#whole(at.ino)
    this.mtimeMs = this.#whole(at.mtime) * 1e3 + (this.#words[at.mtimeNs] as number) / 1e6
    this.ctimeMs = this.#whole(at.ctime) * 1e3 + (this.#words[at.ctimeNs] as number) / 1e6
  }

  /** Of 64 bits with a sign, in the byte order of the machines that Node runs on: little endian. */
  #whole(index: number): number {
    return (this.#words[2 * index] as number) + ((this.#words[2 * index + 1] as number) | 0) * 2 ** 32
  }
}

const failed = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: lstat '${path}'`), { code, syscall: 'lstat', path })

/** Undefined where that cannot be: whole paths lead there all the same, or say why not. */
function opened(folder: string): number | undefined {
  try {
    return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  } catch {
    return undefined
  }
}

class ByNode extends Lstat {
  #top = ''

  enter(folder: string): void {
    this.#top = folder
  }

  look(paths: Uint8Array, from: number, to: number, throughLinks: boolean): boolean {
    const { buffer, byteOffset } = paths
    const path = join(this.#top, Buffer.from(buffer, byteOffset + from, to - from).toString())
    try {
      const stats = (throughLinks ? statSync : lstatSync)(path, { throwIfNoEntry: false })
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

  leave(): void {}
}
