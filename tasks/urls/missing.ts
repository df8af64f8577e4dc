/** What gave no file in the end: counted by why, judged by the allowance, told with examples. */

import { allowanceInWords, allowedOf } from '../../lib/model/annotation.ts'
import { fewRows } from '../../lib/model/few.ts'
import { belowRoot } from '../../lib/model/layout.ts'
import type { UrlsParams } from '../../lib/model/params.ts'
import { type DiagnosticDraft, type Evidence, Problem } from '../../lib/model/problem.ts'
import { redact } from '../../lib/model/redact.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import type { Entry } from './entries.ts'
import { type Failure, inWords } from './failure.ts'
import type { Ledger } from './ledger.ts'
import type { List } from './list.ts'

export interface Missing {
  readonly count: number
  /** How many, by why. */
  readonly reasons: ReadonlyMap<string, number>
  readonly examples: readonly string[]
}

const examplesAtMost = 10

export async function missingOf(list: List, ledger: Ledger): Promise<Missing> {
  const reasons = new Map<string, number>()
  const examples: string[] = []
  let count = 0
  for await (const entries of list.entries())
    for (const entry of entries) {
      const failure = failureOf(entry, ledger)
      if (failure === undefined) continue
      const why = inWords(failure)
      count += 1
      reasons.set(why, (reasons.get(why) ?? 0) + 1)
      if (examples.length < examplesAtMost) examples.push(exampleOf(entry, why))
    }
  return { count, reasons, examples }
}

function failureOf({ name, address, url }: Entry, ledger: Ledger): Failure | undefined {
  const unasked: Failure = { class: address === undefined ? 'no-address' : 'bad-address', status: 0 }
  if (name.form !== 'good') return unasked
  const { rows } = ledger
  const row = ledger.row(name.path)
  if (rows.is(row, 'held') || rows.is(row, 'missed')) return undefined
  rows.mark(row, 'missed')
  return url === undefined ? unasked : rows.failureOf(row)
}

function exampleOf({ key, place, address }: Entry, why: string): string {
  const shown = address === undefined ? '' : `, ${shortened(redact(address))}`
  return `${shortened(key)} (${place}): ${why}${shown}`
}

const shortened = (text: string): string =>
  text.length > 140 ? `${text.slice(0, 90)}…${text.slice(-40)}` : text

/** Throws `too-many-missing`, or warns with `addresses-failed`. */
export function judgeMissing(
  missing: Missing,
  total: number,
  kept: number,
  params: UrlsParams,
  bench: Workbench,
): void {
  if (missing.count === 0) return
  const allowed = allowedOf(params.allowMissing, total)
  if (missing.count > allowed) throw new Problem(tooMany(missing, total, kept, allowed, params, bench))
  bench.tell({
    severity: 'warning',
    code: 'addresses-failed',
    message: `${formatCount(missing.count)} of ${plural(total, 'address', 'addresses')} gave no file; ${allowedInWords(params, allowed)} may be missing.`,
    evidence: evidenceOf(missing, bench),
    disk: `The other ${plural(kept, 'file')} are placed.`,
    next: 'nothing has to be done; build with --force to ask again, or name an archive that has them with `fill:`.',
  })
}

function tooMany(
  missing: Missing,
  total: number,
  kept: number,
  allowed: number,
  params: UrlsParams,
  { shelf }: Workbench,
): DiagnosticDraft {
  const place = params.places['allow_missing']
  const filled = params.fill === undefined ? ', add an archive that has them with `fill:`' : ''
  return {
    code: 'too-many-missing',
    ...(place && { place }),
    message: `${formatCount(missing.count)} of ${plural(total, 'address', 'addresses')} gave no file, more than the ${formatCount(allowed)} that may be missing.`,
    evidence: [
      {
        label: 'wanted',
        text: `at most ${allowedInWords(params, allowed)} missing`,
        ...(place && { from: place }),
      },
      ...evidenceOf(missing, { shelf }),
    ],
    disk: `Nothing was placed; ${plural(kept, 'file')} that came are kept in .groundwork and not fetched again.`,
    next: `write \`allow_missing: ${missing.count}\`${filled}, or build with --force to ask all of them again.`,
  }
}

const allowedInWords = ({ allowMissing }: UrlsParams, allowed: number): string =>
  allowMissing?.form === 'share'
    ? `${allowanceInWords(allowMissing)} (${formatCount(allowed)})`
    : formatCount(allowed)

function evidenceOf(
  { reasons, examples }: Missing,
  { shelf }: Pick<Workbench, 'shelf'>,
): readonly Evidence[] {
  const frequent = [...reasons].toSorted(([, a], [, b]) => b - a)
  return [
    ...fewRows('found', frequent, ([why, count]) => `${formatCount(count)}: ${why}`),
    ...fewRows('such as', examples, String),
    { label: 'all', text: belowRoot(`${shelf}/ledger.ndjson`) },
  ]
}
