/** What of an archive must not be unpacked, collected and put into words: one diagnostic a kind of flaw. Pure. */

import type { Code } from '../../lib/model/codes.ts'
import { moreRow } from '../../lib/model/few.ts'
import type { DiagnosticDraft } from '../../lib/model/problem.ts'
import { plural } from '../../lib/model/units.ts'
import type { NameCode } from './names.ts'

export type FlawCode =
  | NameCode
  | Extract<
      Code,
      | 'entry-device-name'
      | 'entry-link'
      | 'entry-special'
      | 'entry-duplicate'
      | 'entry-file-and-folder'
      | 'entry-clash'
      | 'entry-encrypted'
      | 'entry-unknown-method'
      | 'entry-impossible-size'
      | 'entry-size-mismatch'
    >

export interface Flaw {
  readonly code: FlawCode
  readonly path: string
  readonly why: string
}

const shownAtMost = 10

interface Kind {
  readonly code: FlawCode
  count: number
  readonly first: Flaw[]
}

/** All are counted, the first of each kind are kept: an archive may hold millions. */
export class Flaws {
  readonly #kinds = new Map<FlawCode, Kind>()

  add(flaw: Flaw): void {
    const { code } = flaw
    const kind = this.#kinds.get(code) ?? { code, count: 0, first: [] }
    this.#kinds.set(code, kind)
    kind.count += 1
    if (kind.first.length < shownAtMost) kind.first.push(flaw)
  }

  get kinds(): readonly Readonly<Kind>[] {
    return [...this.#kinds.values()]
  }
}

/** Names that would become one file on a disk that folds case or Unicode forms, but not on this one. */
export function foldingWarning(
  archive: string,
  flaws: readonly Flaw[],
  count = flaws.length,
): DiagnosticDraft {
  const { evidence = [] } = draftOf(archive, 'entry-clash', flaws, count)
  return {
    severity: 'warning',
    code: 'entry-clash',
    message: `${archive} holds ${plural(count, 'name')} that would not stay apart on a Mac.`,
    evidence,
    disk: 'Here they are different files.',
  }
}

/** Of flaws of one code; `count`: where there are more. */
export function draftOf(
  archive: string,
  code: FlawCode,
  flaws: readonly Flaw[],
  count = flaws.length,
): DiagnosticDraft {
  const [message, next] = words(code, archive, count)
  const rows = flaws
    .slice(0, shownAtMost)
    .map(({ path, why }) => ({ label: 'entry', text: `${shortened(path)}: ${why}` }))
  return {
    code,
    message,
    evidence: [...rows, ...moreRow(count - rows.length)],
    next,
  }
}

/** A hostile name may be as long as a page. */
const shortened = (name: string): string =>
  name.length > 160 ? `${name.slice(0, 80)}…${name.slice(-60)}` : name

const doNotUse = 'do not use this archive: name another source, or one that you packed again yourself.'
const rest = 'name a source that packs it otherwise, or set root to a folder without such entries.'
const fetchAgain = 'fetch the archive again; if it stays so, do not use it: name another source.'

function words(code: FlawCode, archive: string, count: number): readonly [message: string, next: string] {
  const entries = plural(count, 'entry', 'entries')
  switch (code) {
    case 'entry-outside':
      return [`${entries} of ${archive} could be written outside of the target.`, doNotUse]
    case 'entry-absolute':
      return [`${entries} of ${archive} would be written from the root of the disk.`, doNotUse]
    case 'entry-drive':
      return [`${entries} of ${archive} would be written to a drive of Windows.`, doNotUse]
    case 'entry-backslash':
      return [`${entries} of ${archive} could be written somewhere else on another system.`, doNotUse]
    case 'entry-control-character':
      return [`${entries} of ${archive} would have a name that cannot be shown or written.`, rest]
    case 'entry-device-name':
      return [`${entries} of ${archive} would have the name of a device of Windows.`, rest]
    case 'entry-too-long':
      return [`${entries} of ${archive} would have a name that is too long for a disk.`, rest]
    case 'entry-not-utf8':
      return [
        `${entries} of ${archive} would have a name that is not UTF-8, and nobody says what else.`,
        rest,
      ]
    case 'entry-bad-name':
      return [`${entries} of ${archive} cannot be written under the name given there.`, rest]
    case 'entry-link':
      return [`${entries} of ${archive} would be a link, which could lead anywhere.`, rest]
    case 'entry-special':
      return [`${entries} of ${archive} would be no plain file, and only those are unpacked.`, rest]
    case 'entry-duplicate':
      return [`${archive} holds ${entries} under a name that is taken already.`, rest]
    case 'entry-file-and-folder':
      return [`${archive} holds ${plural(count, 'name')} that would be a file and a folder at once.`, rest]
    case 'entry-clash':
      return [`${archive} holds ${plural(count, 'name')} that cannot be beside another on this disk.`, rest]
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
    case 'entry-impossible-size':
      return [`${entries} of ${archive} cannot become as large as the archive's directory says.`, fetchAgain]
    case 'entry-size-mismatch':
      return [
        `${entries} of ${archive} cannot hold as many bytes as the archive's directory says.`,
        fetchAgain,
      ]
  }
}
