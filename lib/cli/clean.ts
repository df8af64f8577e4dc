/** `build clean [TARGET…]`: removes what was built; with --archives only kept archives and partial downloads. */

import { formatBytes, plural } from '../model/units.ts'
import { archivesBelow, type Cleaned, cleanArchives, cleanTargets } from '../run/clean.ts'
import { withRun } from '../run/open.ts'
import { exitCodes } from './exit.ts'
import { onInterrupt } from './interrupt.ts'
import type { Desk } from './main.ts'
import { openPlayground, type Playground, survey } from './playground.ts'

export async function clean(desk: Desk): Promise<number> {
  const { command, kinds, console } = desk
  const playground = await openPlayground(command, kinds)
  const cleaned = command.options.dryRun ? await foretell(desk, playground) : await perform(desk, playground)
  const would = command.options.dryRun ? 'Would remove' : 'Removed'
  console.result(`${would} ${plural(cleaned.files, 'file')} (${formatBytes(cleaned.bytes)}).\n`)
  for (const path of cleaned.left) console.result(`Left, because it was edited since it was built: ${path}\n`)
  console.object({ event: 'cleaned', ...cleaned })
  return console.summary({ exitCode: exitCodes.done })
}

async function foretell({ command }: Desk, playground: Playground): Promise<Cleaned> {
  if (command.options.archives) {
    const archives = archivesBelow(playground.state)
    return { files: archives.length, bytes: archives.reduce((sum, { size }) => sum + size, 0), left: [] }
  }
  const known = await survey(playground, { tier: command.options.check })
  const receipts = [...playground.graph.tasks.values()].flatMap(({ id, gives }) =>
    gives?.lasting ? [known.receiptOf(id)] : [],
  )
  return {
    files: receipts.reduce((sum, receipt) => sum + (receipt?.files ?? 0), 0),
    bytes: receipts.reduce((sum, receipt) => sum + (receipt?.bytes ?? 0), 0),
    left: [],
  }
}

async function perform({ command, console }: Desk, playground: Playground): Promise<Cleaned> {
  const { options } = command
  const interrupt = onInterrupt(console.report)
  const request = {
    ...playground,
    tier: options.check,
    report: console.report,
    signal: interrupt.signal,
    offline: true,
    keepArchives: false,
    jobs: 1,
    hosts: {},
    rateBytesPerSecond: undefined,
  }
  return withRun(request, run =>
    Promise.resolve(options.archives ? cleanArchives(playground.state) : cleanTargets(run)),
  ).finally(interrupt.release)
}
