/**
 * The door to functions of the system and of the node binary that Node itself does not give, and the one place that
 * knows the package for that. Each says where it cannot be called here. Loaded by the first call, so that a build with
 * nothing to do never pays for it.
 */

import { statfsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { endianness } from 'node:os'
import { getSystemErrorName } from 'node:util'
import type * as Koffi from 'koffi'

interface Door {
  readonly koffi: typeof Koffi
  readonly binary: Koffi.LibraryHandle
}

const require = createRequire(import.meta.url)
let tried: { readonly door: Door | undefined } | undefined

/** Undefined where the package has no binary for this system, or was left out. */
function door(): Door | undefined {
  if (tried) return tried.door
  try {
    const koffi = require('koffi') as typeof Koffi
    tried = { door: { koffi, binary: koffi.load(null) } }
  } catch {
    tried = { door: undefined }
  }
  return tried.door
}

type Native = ReturnType<Door['binary']['func']>
const found = new Map<string, Native | undefined>()

/** The first of the names that this process knows, by its prototype in C. */
function native(...prototypes: readonly string[]): Native | undefined {
  const [key = ''] = prototypes
  if (!found.has(key)) found.set(key, prototypes.map(prototype => lookUp(prototype)).find(Boolean))
  return found.get(key)
}

function lookUp(prototype: string): Native | undefined {
  try {
    return door()?.binary.func(prototype)
  } catch {
    return undefined
  }
}

/** FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE. */
const keepSizeAndPunch = 0x01 | 0x02

/**
 * Gives a range of an open file back to the filesystem; it reads as zeros from then on, and the file is as long as
 * before. Only whole blocks are given back, what lies in a part of one is zeroed. False where that cannot be done here.
 */
export function punchHole(file: number, offset: number, bytes: number): boolean {
  if (process.platform !== 'linux' || bytes <= 0) return false
  // By the first name offsets have 64 bits on every machine; a libc without it knows no others.
  const parameters = '(int fd, int mode, int64_t offset, int64_t length)'
  const fallocate = native(`int fallocate64${parameters}`, `int fallocate${parameters}`)
  if (!fallocate) return false
  for (;;) {
    if (fallocate(file, keepSizeAndPunch, offset, bytes) === 0) return true
    const error = lastError('fallocate')
    if (error.code === 'EOPNOTSUPP' || error.code === 'ENOSYS') return false
    if (error.code !== 'EINTR') throw error
  }
}

/** Filesystems of Linux that take ranges of a file back, by the number that statfs tells: ext4, XFS, btrfs, tmpfs, overlay, F2FS, ZFS, bcachefs. */
const giving: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1, 0xca451a4e,
])

/** Whether `punchHole` can be expected to work below an existing path. */
export const takesHoles = (path: string): boolean =>
  process.platform === 'linux' && giving.has(statfsSync(path).type) && door() !== undefined

/**
 * Fills `struct statx` with what lies at a path, links followed or not. Says what went wrong. `folder`: a descriptor, or
 * `workingFolder`; `path`: the address of one that starts there and is ended by a zero; `filled`: of 256 bytes.
 */
export type StatxCall = (
  folder: number,
  path: number,
  filled: number,
  throughLinks: boolean,
) => string | undefined

/** Undefined where it cannot be called here (some containers forbid it), or numbers stand the other way round. */
export function statxCall(): StatxCall | undefined {
  if (process.platform !== 'linux' || endianness() !== 'LE') return undefined
  const statx = native(
    'int statx(int folder, uintptr_t path, int flags, unsigned int mask, uintptr_t filled)',
  )
  if (!statx) return undefined
  const call: StatxCall = (folder, path, filled, throughLinks) =>
    statx(folder, path, throughLinks ? 0 : noFollow, basicStats, filled) === 0
      ? undefined
      : lastError('statx').code
  const [path, filled] = [Buffer.from('/\0'), Buffer.alloc(256)]
  return call(workingFolder, addressOf(path), addressOf(filled), false) === undefined ? call : undefined
}

/** AT_FDCWD: a path that starts nowhere else starts there. */
export const workingFolder = -100
/** AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS. */
const [noFollow, basicStats] = [0x100, 0x7ff]

/** Of bytes that whoever asks has to hold as long as it is used. Throws where no function of the system can be called. */
export function addressOf(bytes: ArrayBuffer | Uint8Array): number {
  const address = door()?.koffi.address(bytes)
  if (address === undefined) throw new Error('nothing of the system can be called here')
  return Number(address)
}

/** Everything on the filesystem of an open file goes to the disk. False where that cannot be asked for here. */
export async function syncFilesystem(file: number): Promise<boolean> {
  const syncfs = process.platform === 'linux' ? native('int syncfs(int fd)') : undefined
  if (!syncfs) return false
  const failure = await new Promise<NativeError | undefined>((resolve, reject) =>
    syncfs.async(file, (error: Error | null, result: number) => {
      if (error) reject(error)
      // Only within this call is the number of the error that of the other thread.
      else resolve(result === 0 ? undefined : lastError('syncfs'))
    }),
  )
  if (failure?.code === 'ENOSYS') return false
  if (failure) throw failure
  return true
}

/** How much of `packed` one deflate stream took, where its content fills `content` exactly; undefined for all else. */
export type InflateCall = (packed: Uint8Array, content: Uint8Array) => number | undefined

/** libdeflate, which many libraries for images bring along. Undefined where the system does not have it. */
export function inflateCall(): InflateCall | undefined {
  const name = { linux: 'libdeflate.so.0', darwin: 'libdeflate.0.dylib' }[process.platform as string]
  try {
    const library = name && door()?.koffi.load(name)
    if (!library) return undefined
    const decompressor = library.func('void *libdeflate_alloc_decompressor(void)')() as unknown
    const parameters = 'void *, const void *, size_t, void *, size_t, _Out_ size_t *taken, void *filled'
    const inflate = library.func(`int libdeflate_deflate_decompress_ex(${parameters})`)
    const taken = [0]
    // Without `filled` only content that fills all of it goes well.
    return (packed, content) =>
      inflate(decompressor, packed, packed.length, content, content.length, taken, null) === 0
        ? taken[0]
        : undefined
  } catch {
    return undefined
  }
}

interface NativeError extends Error {
  readonly code: string
  readonly syscall: string
}

function lastError(syscall: string): NativeError {
  const number = door()?.koffi.errno() ?? 0
  const code = number > 0 ? getSystemErrorName(-number) : 'UNKNOWN'
  return Object.assign(new Error(`${code}: ${syscall}`), { code, syscall })
}

/** A digest of libcrypto by its three calls, over a struct of the caller. Each gives 1 where it went well. */
export interface CryptoHash {
  readonly init: (state: Uint8Array) => number
  readonly update: (state: Uint8Array, bytes: Uint8Array, length: number) => number
  readonly final: (digest: Uint8Array, state: Uint8Array) => number
}

/** Undefined where the libcrypto of this process does not show them. What the struct is like is not checked here. */
export function cryptoHash(name: 'SHA256' | 'MD5'): CryptoHash | undefined {
  const init = native(`int ${name}_Init(void *state)`)
  const update = native(`int ${name}_Update(void *state, const void *bytes, size_t length)`)
  const final = native(`int ${name}_Final(void *digest, void *state)`)
  return init && update && final && { init, update, final }
}
