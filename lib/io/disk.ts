/** The door to the filesystem: what node:fs does not give in one call. Knows no artifact and no state format. */

import { randomUUID } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** The `code` of a Node system error, or undefined for anything else. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** No room, or none for this user. */
export const isDiskFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '')

/** `lstat`, or undefined where nothing lies (also below a file). Throws other errors. */
export const look = (path: string): Stats | undefined => unlessGone(lstatSync, path, ['ENOENT', 'ENOTDIR'])

/** The same of what a link leads to; undefined where it leads nowhere, or to itself. */
export const lookThrough = (path: string): Stats | undefined =>
  unlessGone(statSync, path, ['ENOENT', 'ENOTDIR', 'ELOOP'])

/** The same, of a path that somebody wrote: it may be one that no file can have. An error for each that lacks would take long. */
export const lookThroughWritten = (path: string): Stats | undefined =>
  path.includes('\0')
    ? undefined
    : unlessGone(at => statSync(at, { throwIfNoEntry: false }), path, ['ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])

function unlessGone(
  stat: (path: string) => Stats | undefined,
  path: string,
  gone: readonly string[],
): Stats | undefined {
  try {
    return stat(path)
  } catch (error) {
    if (gone.includes(errorCode(error) ?? '')) return undefined
    throw error
  }
}

export const makeFolder = (path: string): void => void mkdirSync(path, { recursive: true })

/** Removes a file or a tree; nothing there is fine. */
export const remove = (path: string): void => rmSync(path, { recursive: true, force: true, maxRetries: 2 })

/** Renames; across filesystems (a mount inside the playground) copies beside the goal first, so that it appears whole. */
export function move(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw error
    const beside = `${to}.${randomUUID().slice(0, 8)}.part`
    cpSync(from, beside, { recursive: true, verbatimSymlinks: true })
    renameSync(beside, to)
    remove(from)
  }
}

/** Removes empty folders from `folder` upwards, up to and without `top`. */
export function removeEmptyFolders(folder: string, top: string): void {
  for (let at = folder; at.startsWith(`${top}/`); at = dirname(at)) {
    try {
      rmdirSync(at)
    } catch {
      return
    }
  }
}

/** Makes a rename or a new name in the folder survive power loss. Filesystems that cannot sync folders are left alone. */
export function syncFolder(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } catch (error) {
    if (!['EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP', 'EBADF'].includes(errorCode(error) ?? '')) throw error
  } finally {
    closeSync(handle)
  }
}

export function syncFile(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Writes at the handle's position until all is written: one call may take less. */
export function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at)
}

/** All or nothing: written beside, synced, renamed. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const beside = `${path}.${randomUUID().slice(0, 8)}.tmp`
  const handle = openSync(beside, 'wx')
  try {
    writeAll(handle, typeof content === 'string' ? Buffer.from(content) : content)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(beside, path)
  syncFolder(dirname(path))
}

/** A whole file, in memory that threads can share. */
export function readShared(path: string): Buffer {
  const handle = openSync(path, 'r')
  try {
    const content = Buffer.from(new SharedArrayBuffer(fstatSync(handle).size))
    for (let at = 0; at < content.length; ) {
      const length = readSync(handle, content, at, content.length - at, at)
      if (length === 0) return content.subarray(0, at)
      at += length
    }
    return content
  } finally {
    closeSync(handle)
  }
}

/** A second name for the same bytes: a hard link, or a copy (sharing blocks where it can) where links cannot be. */
export const linkOrCopy = (from: string, to: string): void => linkOr(copy, from, to)

/** Whether a file can be expected to get a second name in a folder: both on one filesystem, and no file of others that it guards. */
export function linkInto(folder: string): (path: string) => boolean {
  let device: number | undefined
  return path => {
    const found = lookThrough(path)
    device ??= statSync(nearestExisting(folder)).dev
    if (!found?.isFile() || found.dev !== device) return false
    if (found.uid === process.getuid?.()) return true
    try {
      accessSync(path, constants.R_OK | constants.W_OK)
      return true
    } catch {
      return false
    }
  }
}

/** A second name, or, where links cannot be, this one instead. */
export const linkOrMove = (from: string, to: string): void => linkOr(move, from, to)

function linkOr(otherwise: (from: string, to: string) => void, from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'ENOSYS'].includes(errorCode(error) ?? '')) throw error
    otherwise(from, to)
  }
}

/** A copy of its own, sharing blocks where the filesystem can. */
export const copy = (from: string, to: string): void =>
  copyFileSync(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)

/** Paths of all files (anything but folders) below a folder, relative, unsorted. A missing folder has none. */
export function* filesBelow(folder: string, prefix = ''): Generator<string> {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`
    if (entry.isDirectory()) yield* filesBelow(join(folder, entry.name), path)
    else yield path
  }
}

export interface Filesystem {
  readonly device: number
  /** Free. */
  readonly bytes: number
  /** Free inodes; undefined where they are not counted. */
  readonly files: number | undefined
  /** What a file takes is a multiple of it. */
  readonly blockBytes: number
}

/** Room on the filesystem of the nearest folder that exists. */
export function roomAt(path: string): Filesystem {
  const there = nearestExisting(path)
  const { bavail, bsize, ffree, files, type } = statfsSync(there)
  return {
    device: statSync(there).dev,
    bytes: bavail * bsize,
    files: files > 0 ? ffree : undefined,
    // Over a network, and of some disks, statfs tells how much is best read at once.
    blockBytes: overNetwork.has(type) || bsize > largestBlockBytes ? usualBlockBytes : bsize,
  }
}

const largestBlockBytes = 65_536
const usualBlockBytes = 4096

/** Whether it is for want of inodes, not of bytes, that nothing more can be written there. */
export const lacksInodes = (path: string): boolean => roomAt(path).files === 0

/** NFS, SMB (two numbers), Lustre, GPFS, BeeGFS, Ceph, AFS and FUSE, by the number that statfs tells. */
const overNetwork: ReadonlySet<number> = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x0bd00bd0, 0x47504653, 0x19830326, 0x00c36400, 0x5346414f,
  0x65735546,
])

/** Whether every look at a file may be an errand over a network. */
export const isRemote = (path: string): boolean => overNetwork.has(statfsSync(nearestExisting(path)).type)

/** Bytes to leave free, so that the rest of the machine goes on: 256 MB, or 1 % where that is less. */
export const reserveOf = ({ bytes }: Filesystem): number => Math.min(256e6, bytes / 100)

export const nearestExisting = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))

/** A place without links in it, also where nothing lies yet. */
export function realPlace(path: string): string {
  const there = nearestExisting(path)
  return join(realpathSync(there), relative(there, path))
}

/**
 * The filesystem's own clock in milliseconds: the time it gives to a small file written now. Never `Date.now()`,
 * which a network filesystem does not share. Empty writes do not always bump times: the probe is not empty.
 */
export function filesystemNowMs(folder: string): number {
  const probe = join(folder, `.probe-${process.pid}-${randomUUID().slice(0, 8)}`)
  const handle = openSync(probe, 'wx')
  try {
    writeSync(handle, 'probe')
    return fstatSync(handle).mtimeMs
  } finally {
    closeSync(handle)
    // Who holds the playground by now may have tidied it up.
    rmSync(probe, { force: true })
  }
}

/** Whether `a` and `A` are one file here. The folder must exist and be writable. */
export function foldsCase(folder: string): boolean {
  const name = `.case-${randomUUID().slice(0, 8)}`
  const probe = join(folder, `${name}-x`)
  closeSync(openSync(probe, 'wx'))
  try {
    return existsSync(join(folder, `${name}-X`))
  } finally {
    rmSync(probe)
  }
}
