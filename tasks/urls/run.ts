/**
 * Fetches the files of a list: census → collect → fill the gaps → judge what is missing. The list is read anew for each, so
 * that nothing but a row of numbers is kept for each entry.
 */

import { join } from 'node:path'
import { filesBelow, remove, removeEmptyFolders } from '../../lib/io/disk.ts'
import { patient } from '../../lib/io/http.ts'
import { thisMachine } from '../../lib/io/machine.ts'
import type { UrlsParams } from '../../lib/model/params.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import type { UrlsOptions } from '../urls.ts'
import { census } from './census.ts'
import { Collector } from './collect.ts'
import { fillGaps } from './fill.ts'
import { Ledger } from './ledger.ts'
import { List } from './list.ts'
import { judgeMissing, type Missing, missingOf } from './missing.ts'

const nothingMissing: Missing = { count: 0, reasons: new Map(), examples: [] }

export async function run(params: UrlsParams, bench: Workbench, options: UrlsOptions): Promise<void> {
  const { now = Date.now, patience = patient } = options
  const list = await List.open(params, bench)
  const { boot } = thisMachine()
  const ledger = await Ledger.open(bench.shelf, { boot, fill: params.fill?.identity, now })
  try {
    const total = await census(list, params, ledger, bench)
    const { held, unasked } = await new Collector(bench, ledger, total, patience, now).collect(list)
    if (unasked > 0) throw offline(unasked, held, list.name)
    const isWhole = held === total
    const filled = isWhole || params.fill === undefined ? 0 : await fillGaps(params.fill, list, ledger, bench)
    const missing = isWhole ? nothingMissing : await missingOf(list, ledger)
    judgeMissing(missing, total, held + filled, params, bench)
    takeOutStrangers(ledger, bench)
    ledger.sync()
    remarkOn(bench, { addresses: total, filled: ledger.filledCount, missing: missing.count })
  } finally {
    ledger.close()
  }
}

function remarkOn(bench: Workbench, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) if (count > 0) bench.remark(name, count)
}

/** What lies in staging and is not part of the result: the list changed since it came. */
function takeOutStrangers(ledger: Ledger, { staging }: Workbench): void {
  for (const path of filesBelow(staging)) {
    const row = ledger.find(path)
    if (row >= 0 && ledger.rows.is(row, 'staged')) continue
    remove(join(staging, path))
    removeEmptyFolders(join(staging, path, '..'), staging)
  }
}

const offline = (unasked: number, held: number, list: string): Problem =>
  new Problem({
    code: 'offline',
    message: `${plural(unasked, 'address', 'addresses')} of ${list} would have to be asked, and the network is not to be used.`,
    evidence: [{ label: 'found', text: `${formatCount(held)} that are here already` }],
    next: 'build without --offline.',
  })
