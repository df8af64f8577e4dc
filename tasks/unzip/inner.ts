/**
 * Opens the zip that is to be unpacked: the one that was fetched, or one inside of it. A stored one is read where it lies,
 * also while that is still coming; a deflated one is inflated once, into a file beside what is staged. Selects nothing.
 */

import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { look, makeFolder, remove, roomAt, writeAll } from '../../lib/io/disk.ts'
import { Selection } from '../../lib/io/unpacking/selection.ts'
import { sha256IfWhole } from '../../lib/io/unpacking/whole.ts'
import { readContent, storedAt } from '../../lib/io/zip/content.ts'
import { inItsTurn, overHandle, type RandomAccess } from '../../lib/io/zip/random-access.ts'
import { openZip, openZipWithin, type ZipDirectory, type ZipEntry } from '../../lib/io/zip.ts'
import { moreRow } from '../../lib/model/few.ts'
import { type Evidence, Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { formatBytes } from '../../lib/model/units.ts'
import { type OpenArchive, problemOf } from './extract.ts'
import { judge } from './judge.ts'
import type { UnpackParams } from './params.ts'

interface Opened {
  readonly directory: ZipDirectory
  /** What its entries are read from. */
  readonly archive: OpenArchive
  close(): void
}

/** Most directories lie in it whole. */
export const tailBytes = 1 << 20

export async function openWanted(
  source: RandomAccess,
  archive: OpenArchive,
  params: UnpackParams,
  bench: Workbench,
): Promise<Opened> {
  const outer = await openZip(source)
  if (params.inner === undefined) return { directory: outer, archive, close: () => {} }
  const entry = innerEntry(outer, params.inner, params, bench)
  const name = `${entry.path} in ${source.name}`
  return entry.method === 0
    ? openStored(source, archive, entry, name)
    : openDeflated(source, archive, entry, name, bench)
}

async function openStored(
  source: RandomAccess,
  archive: OpenArchive,
  entry: ZipEntry,
  name: string,
): Promise<Opened> {
  const at = await storedAt(source, entry)
  const end = at + entry.bytes
  await archive.growing?.wish(Math.max(at, end - tailBytes), end)
  const directory = await openZipWithin(source, name, at, entry.bytes)
  return { directory, archive, close: () => {} }
}

async function openDeflated(
  source: RandomAccess,
  { growing }: OpenArchive,
  entry: ZipEntry,
  name: string,
  bench: Workbench,
): Promise<Opened> {
  const path = innerPath(bench)
  // What an attempt before this one has inflated need not be inflated again.
  if (!isWhole(path, entry))
    await inflate(growing ? inItsTurn(growing, source) : source, entry, path, name, bench)
  growing?.pass(entry.endOffset)
  const handle = openSync(path, 'r')
  try {
    const directory = await openZip(overHandle(handle, name))
    return { directory, archive: { handle }, close: () => closeSync(handle) }
  } catch (error) {
    closeSync(handle)
    throw error
  }
}

/** Not among what is staged: it goes with the shelf. */
const innerPath = ({ shelf }: Workbench): string => join(shelf, 'inner.zip')

export const removeInner = (bench: Workbench): void => remove(innerPath(bench))

async function inflate(
  source: RandomAccess,
  entry: ZipEntry,
  path: string,
  name: string,
  bench: Workbench,
): Promise<void> {
  makeFolder(bench.shelf)
  const free = roomAt(bench.shelf).bytes
  if (entry.bytes > free) throw tooLarge(name, entry.bytes, free)
  const handle = openSync(path, 'w')
  let done = 0
  const sink = (bytes: Buffer): Promise<void> => {
    writeAll(handle, bytes)
    bench.progress((done += bytes.length), entry.bytes, 'bytes')
    return Promise.resolve()
  }
  try {
    await readContent(source, entry, sink, bench.signal)
  } catch (error) {
    throw problemOf(error, name, bench.shelf, () => ({ bytes: entry.bytes - done, files: 1 }))
  } finally {
    closeSync(handle)
  }
}

function isWhole(path: string, entry: ZipEntry): boolean {
  return look(path)?.isFile() === true && sha256IfWhole(path, entry) !== undefined
}

/** The entry of that path, fit to be read. */
function innerEntry(outer: ZipDirectory, path: string, params: UnpackParams, bench: Workbench): ZipEntry {
  let index = outer.count - 1
  while (index >= 0 && (outer.path(index) !== path || outer.kind(index) === 'folder')) index -= 1
  if (index < 0) throw wrongInner(outer, path, params)
  const { refusals } = judge(
    outer,
    Selection.below(outer, i => i === index),
    bench.foldsCase,
  )
  const [first, ...others] = refusals
  if (first) throw new Problem(first, ...others)
  return outer.entry(index)
}

const archiveName = /\.(zip|tar(\.\w+)?|tgz|7z|rar)$/i
const listedAtMost = 10

function wrongInner(outer: ZipDirectory, wanted: string, { places }: UnpackParams): Problem {
  const archives: string[] = []
  for (let i = 0; i < outer.count; i += 1) {
    const path = outer.path(i)
    if (outer.kind(i) !== 'folder' && archiveName.test(path)) archives.push(path)
  }
  const last = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const similar =
    archives.find(path => last(path) === last(wanted)) ?? (archives.length === 1 ? archives[0] : undefined)
  return new Problem({
    code: 'wrong-inner',
    place: places.inner,
    message: `${outer.archive} holds no file ${wanted}.`,
    evidence: [{ label: 'wanted', text: wanted }, ...listed(archives.toSorted())],
    next:
      archives.length === 0
        ? 'leave inner out.'
        : similar === undefined
          ? 'write one of these archives as inner.'
          : `write inner: ${similar} into the spec.`,
  })
}

function listed(archives: readonly string[]): readonly Evidence[] {
  if (archives.length === 0) return [{ label: 'found', text: 'no archive inside of it' }]
  const rows = archives.slice(0, listedAtMost).map(text => ({ label: 'found', text }))
  return [...rows, ...moreRow(archives.length - rows.length)]
}

const tooLarge = (name: string, wanted: number, free: number): Problem =>
  new Problem({
    code: 'disk-full',
    message: `${name} does not fit on the disk once it is inflated.`,
    evidence: [
      { label: 'wanted', text: formatBytes(wanted) },
      { label: 'found', text: `${formatBytes(free)} free` },
    ],
    next: `free at least ${formatBytes(wanted - free)} and build again; the archive need not be fetched again.`,
  })
