/** `build clean [TARGET…]`: removes what was built; with --archives only kept archives and partial downloads. */

import { formatBytes, plural } from '../model/units.ts'
import { archivesBelow, type Cleaned, cleanArchives, cleanTargets, foretellTargets } from '../run/clean.ts'
import { type Desk, looking } from './desk.ts'
import { exitCodes } from './exit.ts'
import { whileHeld } from './hold.ts'
import { openPlayground, type Playground, survey } from './playground.ts'

export async function clean(given: Desk): Promise<number> {
  // However little is asked for: nothing is removed before it was looked at, or an edited file would go.
  const desk = looking(given)
  const { command, kinds, console } = desk
  const playground = await openPlayground(
    { ...command, options: { ...command.options, onlyNeeded: false } },
    kinds,
  )
  const cleaned = command.options.dryRun ? await foretell(desk, playground) : await perform(desk, playground)
  const would = command.options.dryRun ? 'Would remove' : 'Removed'
  console.result(`${would} ${plural(cleaned.files, 'file')} (${formatBytes(cleaned.bytes)}).\n`)
  for (const path of cleaned.left) console.result(`Left, because it was edited since it was built: ${path}\n`)
  for (const path of cleaned.linked) console.result(`Left, because it lies behind a link: ${path}\n`)
  console.object({ event: 'cleaned', ...cleaned })
  return console.summary({ exitCode: exitCodes.done })
}

async function foretell({ command }: Desk, playground: Playground): Promise<Cleaned> {
  if (command.options.archives) {
    const archives = archivesBelow(playground.state)
    return {
      files: archives.length,
      bytes: archives.reduce((sum, { size }) => sum + size, 0),
      left: [],
      linked: [],
    }
  }
  const known = await survey(playground, { tier: command.options.check })
  return foretellTargets({ ...playground, known })
}

async function perform(desk: Desk, playground: Playground): Promise<Cleaned> {
  const onlyArchives = desk.command.options.archives
  const { result } = await whileHeld(desk, playground, run =>
    Promise.resolve(onlyArchives ? cleanArchives(playground.state) : cleanTargets(run)),
  )
  return result
}
