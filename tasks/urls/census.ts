/** Goes through the list once before anything is asked: how many files there are to be, and which names cannot be. */

import { moreRow } from '../../lib/model/few.ts'
import type { UrlsParams } from '../../lib/model/params.ts'
import { type DiagnosticDraft, Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { plural } from '../../lib/model/units.ts'
import { isHostile, type NameCode } from '../unzip/names.ts'
import { addressFields, type Entry } from './entries.ts'
import { Hashes, HashIndex, hashOf, isSame } from './hashes.ts'
import type { Ledger } from './ledger.ts'
import { type List, originOf } from './list.ts'

type FlawCode = NameCode | 'entry-duplicate' | 'entry-file-and-folder' | 'entry-clash'

const shownAtMost = 10

/** Marks every name of the list, and returns how many files there are to be. Throws every objection at once. */
export async function census(
  list: List,
  params: UrlsParams,
  ledger: Ledger,
  { foldsCase }: Pick<Workbench, 'foldsCase'>,
): Promise<number> {
  const flaws = new Flaws()
  const folded = foldsCase ? new Folded() : undefined
  let total = 0
  let addressed = 0
  for await (const entries of list.entries())
    for (const entry of entries) {
      if (entry.address !== undefined) addressed += 1
      if (entry.name.form === 'good') {
        if (isNew(entry, entry.name.path, ledger, flaws)) {
          folded?.take(entry, entry.name.path, flaws)
          total += 1
        }
      } else {
        if (entry.name.form === 'bad') flaws.add(entry.name.code, entry, entry.name.path, entry.name.why)
        total += 1
      }
    }
  const [first, ...others] = flaws.drafts(list.name, params)
  if (first) throw new Problem(first, ...others)
  if (total === 0) throw empty(list.name)
  if (addressed === 0) throw unaddressed(list.name, params)
  return total
}

/** The same line twice is one file; two addresses for one name are a mistake. */
function isNew(entry: Entry, path: string, ledger: Ledger, flaws: Flaws): boolean {
  const { rows } = ledger
  const row = ledger.row(path)
  const origin = originOf(entry)
  if (rows.is(row, 'listed')) {
    if (!isSame(rows.listedAt.get(row), origin))
      flaws.add('entry-duplicate', entry, path, 'another address has this name already')
    return false
  }
  rows.mark(row, 'listed')
  rows.listedAt.set(row, origin)
  if (rows.is(row, 'folder'))
    flaws.add('entry-file-and-folder', entry, path, 'is a file and also the folder of another')
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const folder = ledger.row(path.slice(0, at))
    if (rows.is(folder, 'folder')) break
    rows.mark(folder, 'folder')
    if (rows.is(folder, 'listed'))
      flaws.add('entry-file-and-folder', entry, path, 'needs a folder where another is a file')
  }
  return true
}

/** Names as a disk sees them that folds case. */
class Folded {
  readonly #index = new HashIndex()
  readonly #first = new Hashes()

  take(entry: Entry, path: string, flaws: Flaws): void {
    const before = this.#index.count
    const i = this.#index.add(hashOf(path.normalize('NFC').toLowerCase()))
    if (i === before) this.#first.set(i, hashOf(path))
    else flaws.add('entry-clash', entry, path, 'differs from another only in case or Unicode form')
  }
}

/** All are counted, the first of each kind are kept. */
class Flaws {
  readonly #kinds = new Map<FlawCode, { count: number; readonly rows: string[] }>()

  add(code: FlawCode, { place }: Entry, path: string, why: string): void {
    const kind = this.#kinds.get(code) ?? { count: 0, rows: [] }
    this.#kinds.set(code, kind)
    kind.count += 1
    if (kind.rows.length < shownAtMost) kind.rows.push(`${place}: ${shortened(path)} ${why}`)
  }

  drafts(list: string, { places }: UrlsParams): readonly DiagnosticDraft[] {
    const place = places['name'] ?? places['from']
    return [...this.#kinds].map(([code, { count, rows }]) => {
      return {
        code,
        ...(place && { place }),
        message: messageOf(code, count, list),
        evidence: [...rows.map(text => ({ label: 'entry', text })), ...moreRow(count - rows.length)],
        disk: 'No address was asked.',
        next: nextOf(code),
      }
    })
  }
}

const shortened = (name: string): string =>
  name.length > 100 ? `${name.slice(0, 50)}…${name.slice(-40)}` : name

function messageOf(code: FlawCode, count: number, list: string): string {
  const entries = plural(count, 'entry', 'entries')
  switch (code) {
    case 'entry-outside':
    case 'entry-absolute':
    case 'entry-drive':
    case 'entry-backslash':
      return `${entries} of ${list} could be written outside of the target.`
    case 'entry-control-character':
    case 'entry-too-long':
    case 'entry-not-utf8':
    case 'entry-bad-name':
      return `${entries} of ${list} cannot be written under the name that they would get.`
    case 'entry-duplicate':
      return `${entries} of ${list} would get a name that is taken already.`
    case 'entry-file-and-folder':
    case 'entry-clash':
      return `${entries} of ${list} would get a name that cannot be beside another.`
  }
}

const nextOf = (code: FlawCode): string =>
  isHostile(code)
    ? 'do not use this list as it is: take these entries out, or make other names with `name:`.'
    : 'make other names with `name:`, such as {key}.{ext} or {host}/{stem}.{ext}.'

const empty = (list: string): Problem =>
  new Problem({
    code: 'bad-list',
    message: `${list} holds no entry.`,
    evidence: [{ label: 'wanted', text: 'at least one address' }],
    disk: 'No address was asked.',
    next: 'look into the file; if its format is another one, write `format:` beside it.',
  })

const unaddressed = (list: string, { address, places }: UrlsParams): Problem => {
  const place = places['address'] ?? places['from']
  return new Problem({
    code: 'bad-list',
    ...(place && { place }),
    message: `No entry of ${list} has an address.`,
    evidence: [
      {
        label: 'wanted',
        text:
          address === undefined ? `one of the fields ${addressFields.join(', ')}` : `the field ${address}`,
      },
    ],
    disk: 'No address was asked.',
    next: 'write the field that holds the address: `address: FIELD` beside `from`.',
  })
}
