/**
 * Says before a byte is written what of an archive must not be unpacked: names that lead elsewhere, links, clashes, what
 * cannot be read, sizes that cannot be. Pure: entries in, diagnostics out, one per kind of mistake.
 */

import type { Selection } from '../../lib/io/unpacking/selection.ts'
import type { ZipDirectory, ZipEntry } from '../../lib/io/zip.ts'
import type { DiagnosticDraft } from '../../lib/model/problem.ts'
import { formatBytes, formatCount } from '../../lib/model/units.ts'
import { type Clash, clashes } from './clashes.ts'
import { draftOf, type Flaw, Flaws, foldingWarning } from './flaws.ts'
import { flawOfName, leavesItsFolder } from './names.ts'

export interface Judgement {
  /** Why the archive is not unpacked: none where it may be. */
  readonly refusals: readonly DiagnosticDraft[]
  readonly warning?: DiagnosticDraft
}

/**
 * Hostile names count wherever they stand in the archive, everything else only where it would be unpacked. `root`: the
 * folder of the archive that is, with `/` at its end; empty for all of it.
 */
export function judge(directory: ZipDirectory, wanted: Selection, foldsCase: boolean, root = ''): Judgement {
  const { archive } = directory
  const flaws = new Flaws()
  const onAMac = new Flaws()
  for (let i = 0; i < directory.count; i += 1) {
    const path = directory.path(i)
    const hostile = leavesItsFolder(path)
    if (hostile !== undefined) flaws.add({ ...hostile, path })
  }
  for (let k = 0; k < wanted.count; k += 1) {
    const entry = directory.entry(wanted.index(k))
    const flaw = flawOf(entry, wanted.path(k))
    if (flaw !== undefined) flaws.add({ ...flaw, path: entry.path })
  }
  // A path of 64 KiB may have 32,768 folders: no time is given to the folders of such ones.
  const isTooLong = flaws.kinds.some(({ code }) => code === 'entry-too-long')
  for (const clash of isTooLong ? [] : clashes(wanted, foldersBelow(root, directory))) {
    const isReal = foldsCase || clash.form === 'duplicate' || clash.form === 'folder'
    const list = isReal ? flaws : onAMac
    list.add(flawOfClash(clash))
  }
  const refusals = flaws.kinds.map(({ code, count, first }) => draftOf(archive, code, first, count))
  const [clash] = onAMac.kinds
  return refusals.length > 0 || clash === undefined
    ? { refusals }
    : { refusals, warning: foldingWarning(archive, clash.first, clash.count) }
}

/** Those that the archive names, as they lie below the root. */
function* foldersBelow(root: string, directory: ZipDirectory): Generator<string> {
  for (let i = 0; i < directory.count; i += 1) {
    if (directory.kind(i) !== 'folder') continue
    const path = directory.path(i)
    if (path.startsWith(root) && path.length <= longestFolder)
      yield `${path.slice(root.length).replace(/\/+$/, '')}/`
  }
}

/** No file that is unpacked has a path as long. */
const longestFolder = 1024

export function flawOfClash({ form, path, other }: Clash): Flaw {
  switch (form) {
    case 'duplicate':
      return { code: 'entry-duplicate', path, why: 'is there more than once' }
    case 'similar':
      return { code: 'entry-clash', path, why: `differs from ${other} only in case or Unicode form` }
    case 'folder':
      return {
        code: 'entry-file-and-folder',
        path,
        why:
          other === `${path}/` ? 'is a file and also a folder' : `is a file and also the folder of ${other}`,
      }
    case 'similar-folder':
      return { code: 'entry-clash', path, why: `is a file and, but for case or form, the folder of ${other}` }
  }
}

/** `path`: where it would lie. */
function flawOf(entry: ZipEntry, path: string): Omit<Flaw, 'path'> | undefined {
  const name = flawOfName(path, entry.isUtf8)
  if (name !== undefined) return name
  if (entry.kind === 'link') return { code: 'entry-link', why: 'is a link' }
  if (entry.kind === 'special') return { code: 'entry-special', why: 'is a device, pipe or socket' }
  if (entry.encrypted) return { code: 'entry-encrypted', why: 'is encrypted' }
  return flawOfSize(entry)
}

/** What deflate can make of a byte at the most: 258 bytes of two bits each. */
const mostOfAByte = 1032

function flawOfSize({ method, bytes, compressedBytes }: ZipEntry): Omit<Flaw, 'path'> | undefined {
  switch (method) {
    case 0:
      if (bytes === compressedBytes) return undefined
      return {
        code: 'entry-size-mismatch',
        why: `is stored, and has ${formatCount(bytes)} bytes and ${formatCount(compressedBytes)} packed`,
      }
    case 8:
      if (bytes <= mostOfAByte * compressedBytes) return undefined
      return {
        code: 'entry-impossible-size',
        why: `${formatBytes(bytes)} from ${formatBytes(compressedBytes)}, and deflate packs no more than ${formatCount(mostOfAByte)} to one`,
      }
    default:
      return { code: 'entry-unknown-method', why: `is packed with ${methodName(method)}` }
  }
}

function methodName(method: number): string {
  const known: Readonly<Record<number, string>> = {
    1: 'shrink',
    6: 'implode',
    9: 'deflate64',
    12: 'bzip2',
    14: 'LZMA',
    93: 'zstd',
    94: 'MP3',
    95: 'xz',
    96: 'JPEG',
    97: 'WavPack',
    98: 'PPMd',
    99: 'AES',
  }
  return `${known[method] ?? 'an unknown method'} (method ${method})`
}
