/**
 * Says before a byte is written what of an archive must not be unpacked: names that lead elsewhere, links, clashes, what
 * cannot be read. Pure: entries in, diagnostics out, one per kind of mistake.
 */

import type { Selection } from '../../lib/io/unpacking/selection.ts'
import type { ZipDirectory, ZipEntry } from '../../lib/io/zip.ts'
import type { Code } from '../../lib/model/codes.ts'
import type { DiagnosticDraft } from '../../lib/model/problem.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import { type Clash, clashes } from './clashes.ts'

type FlawCode = Extract<
  Code,
  | 'entry-outside'
  | 'entry-bad-name'
  | 'entry-link'
  | 'entry-encrypted'
  | 'entry-unknown-method'
  | 'entry-duplicate'
  | 'entry-clash'
>

export interface Flaw {
  readonly code: FlawCode
  readonly path: string
  readonly why: string
}

export interface Judgement {
  /** Why the archive is not unpacked: none where it may be. */
  readonly refusals: readonly DiagnosticDraft[]
  readonly warning?: DiagnosticDraft
}

/** Hostile names count wherever they stand in the archive, everything else only where it would be unpacked. */
export function judge(directory: ZipDirectory, wanted: Selection, foldsCase: boolean): Judgement {
  const { archive } = directory
  const flaws: Flaw[] = []
  for (let i = 0; i < directory.count; i += 1) {
    const path = directory.path(i)
    const why = leavesItsFolder(path)
    if (why !== undefined) flaws.push({ code: 'entry-outside', path, why })
  }
  for (let k = 0; k < wanted.count; k += 1) {
    const entry = directory.entry(wanted.index(k))
    const flaw = flawOf(entry, wanted.path(k))
    if (flaw !== undefined) flaws.push({ ...flaw, path: entry.path })
  }
  const onAMac: Flaw[] = []
  for (const clash of clashes(wanted)) {
    const isReal = foldsCase || clash.form === 'duplicate' || clash.form === 'folder'
    const list = isReal ? flaws : onAMac
    list.push(flawOfClash(clash))
  }
  const codes = new Set(flaws.map(({ code }) => code))
  const refusals = [...codes].map(code =>
    draftOf(
      archive,
      code,
      flaws.filter(flaw => flaw.code === code),
    ),
  )
  return refusals.length > 0 || onAMac.length === 0
    ? { refusals }
    : { refusals, warning: foldingWarning(archive, onAMac) }
}

/** Names that would become one file on a disk that folds case or Unicode forms, but not on this one. */
export function foldingWarning(archive: string, flaws: readonly Flaw[]): DiagnosticDraft {
  const { evidence = [] } = draftOf(archive, 'entry-clash', flaws)
  return {
    severity: 'warning',
    code: 'entry-clash',
    message: `${archive} holds ${plural(flaws.length, 'name')} that would not stay apart on a Mac.`,
    evidence,
    disk: 'Here they are different files.',
  }
}

export function flawOfClash({ form, path, other }: Clash): Flaw {
  switch (form) {
    case 'duplicate':
      return { code: 'entry-duplicate', path, why: 'is there more than once' }
    case 'similar':
      return { code: 'entry-clash', path, why: `differs from ${other} only in case or Unicode form` }
    case 'folder':
    case 'similar-folder':
      return { code: 'entry-clash', path, why: `is a file and also the folder of ${other}` }
  }
}

/** What is hostile about a path, if anything. */
export function leavesItsFolder(path: string): string | undefined {
  if (path.startsWith('/')) return 'is an absolute path'
  if (/^[a-zA-Z]:/.test(path)) return 'begins with a drive'
  if (path.includes('\\')) return 'has a backslash, which some systems take for /'
  if (path.includes('..') && path.split('/').includes('..')) return 'leaves its folder with ..'
  return undefined
}

function flawOf(entry: ZipEntry, path: string): Omit<Flaw, 'path'> | undefined {
  const name = flawOfName(entry, path)
  if (name !== undefined) return { code: 'entry-bad-name', why: name }
  if (entry.kind === 'link') return { code: 'entry-link', why: 'is a symbolic link' }
  if (entry.kind === 'special') return { code: 'entry-link', why: 'is a device, pipe or socket' }
  if (entry.encrypted) return { code: 'entry-encrypted', why: 'is encrypted' }
  if (entry.method !== 0 && entry.method !== 8)
    return { code: 'entry-unknown-method', why: `is packed with ${methodName(entry.method)}` }
  return undefined
}

const nameBytesAtMost = 255
const pathBytesAtMost = 1024

const flawOfName = (entry: ZipEntry, path: string): string | undefined =>
  entry.isUtf8 ? flawOfPath(path) : 'is not valid UTF-8'

/** Why no file can have this path, if so. */
export function flawOfPath(path: string): string | undefined {
  if (/\p{Cc}/u.test(path)) return 'has a control character'
  const names = path.split('/')
  if (names.includes(''))
    return path.endsWith('/') ? 'is a folder that holds bytes' : 'has an empty name in it'
  if (names.includes('.')) return 'has . in it'
  if (names.some(name => name.length > nameBytesAtMost / 4 && Buffer.byteLength(name) > nameBytesAtMost))
    return `has a name longer than ${nameBytesAtMost} bytes in it`
  if (path.length > pathBytesAtMost / 4 && Buffer.byteLength(path) > pathBytesAtMost)
    return `is longer than ${formatCount(pathBytesAtMost)} bytes`
  return undefined
}

function methodName(method: number): string {
  const known: Readonly<Record<number, string>> = {
    1: 'shrink',
    6: 'implode',
    9: 'deflate64',
    12: 'bzip2',
    14: 'LZMA',
    93: 'zstd',
    95: 'xz',
    98: 'PPMd',
  }
  return `${known[method] ?? 'an unknown method'} (method ${method})`
}

const shownAtMost = 10

/** A hostile name may be as long as a page. */
const shortened = (name: string): string =>
  name.length > 160 ? `${name.slice(0, 80)}…${name.slice(-60)}` : name

/** Of flaws of one code. */
export function draftOf(archive: string, code: FlawCode, flaws: readonly Flaw[]): DiagnosticDraft {
  const [message, next] = words(code, archive, flaws.length)
  const rows = flaws
    .slice(0, shownAtMost)
    .map(({ path, why }) => ({ label: 'entry', text: `${shortened(path)}: ${why}` }))
  const more = flaws.length - rows.length
  return {
    code,
    message,
    evidence: more === 0 ? rows : [...rows, { label: 'also', text: `${formatCount(more)} more` }],
    next,
  }
}

function words(code: FlawCode, archive: string, count: number): readonly [message: string, next: string] {
  const entries = plural(count, 'entry', 'entries')
  const rest = 'name a source that packs it otherwise, or set root to a folder without such entries.'
  switch (code) {
    case 'entry-outside':
      return [
        `${entries} of ${archive} could be written outside of the target.`,
        'do not use this archive: name another source, or one that you packed again yourself.',
      ]
    case 'entry-bad-name':
      return [`${entries} of ${archive} cannot be written under the name given there.`, rest]
    case 'entry-link':
      return [`${entries} of ${archive} would be no plain file, and only those are unpacked.`, rest]
    case 'entry-duplicate':
      return [`${archive} holds ${entries} under a name that is taken already.`, rest]
    case 'entry-clash':
      return [`${archive} holds ${plural(count, 'name')} that cannot be beside another.`, rest]
    case 'entry-encrypted':
      return [
        `${entries} of ${archive} cannot be read without a password.`,
        'name a source that is not encrypted, or decrypt the archive and write the path of the result as url.',
      ]
    case 'entry-unknown-method':
      return [
        `${entries} of ${archive} cannot be unpacked: only stored and deflated ones can.`,
        'pack the archive again with deflate and write the path of the result as url.',
      ]
  }
}
