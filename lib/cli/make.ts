/** The work of `build`: plans, refuses what cannot be, holds the playground and runs. */

import { canLink, type Filesystem, nearestExisting, roomAt } from '../io/disk.ts'
import { takesHoles } from '../io/native.ts'
import type { Known } from '../knowledge.ts'
import type { Plan } from '../model/plan.ts'
import { Problem } from '../model/problem.ts'
import { hostOf } from '../plan/totals.ts'
import { openSteps, type PlanOptions, planOf } from '../plan.ts'
import { closingLine, missingLine } from '../report/closing.ts'
import { refuseReadOnly, refuseWithoutRoom } from '../room.ts'
import { leftovers } from '../run/discard.ts'
import type { Extras } from '../run/extras.ts'
import { rememberSpec } from '../spec/cache.ts'
import type { Seen } from '../survey.ts'
import type { Console } from './console.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { extrasAfter, tellExtras } from './extras.ts'
import { nothingToDo, rememberIdle } from './idle.ts'
import { lackingFor, missingFor } from './lacking.ts'
import { refuseUnpinned } from './locked.ts'
import { measuredIn } from './measured.ts'
import { openPlayground, type Playground, survey } from './playground.ts'

export async function make(desk: Desk, began: number, seen: Seen): Promise<number> {
  const { command, kinds, console } = desk
  const { options } = command
  const playground = await openPlayground(command, kinds)
  if (options.locked) refuseUnpinned(playground.graph, options.spec)
  const { keepArchives } = playground
  const room = roomAt(playground.root)
  const known = await survey(playground, { tier: options.check, seen })
  const disk = roomOptions(playground, room)
  const first = planOf(playground.graph, known, { force: options.force, ...disk })
  const measured = await measuredIn(first, known, room.blockBytes)
  const plan =
    measured.size === 0 ? first : planOf(playground.graph, known, { force: options.force, ...disk, measured })
  const ground = { ...playground, known, signal: new AbortController().signal }
  if (options.dryRun) {
    console.plan(plan, room.bytes)
    await tellLacking(desk, playground, plan)
    await tellExtras(desk, ground)
    return console.summary({ exitCode: exitCodes.done, fresh: plan.steps.size - openSteps(plan).length })
  }
  for (const diagnostic of known.receipts.problems) console.report({ event: 'diagnostic', diagnostic })
  if (isIdle(playground, known, plan, keepArchives)) {
    await tellExtras(desk, ground)
    return nothingToDo(desk, plan.steps.size, began)
  }
  const lacking = lackingFor(plan)
  if (lacking) throw lacking
  refuseReadOnly(playground.root)
  refuseWithoutRoom(playground.root, plan)
  return perform(desk, playground, seen, { room, measured }, began)
}

/** What decides how much of the disk a plan needs. */
const roomOptions = ({ root, whole, keepArchives }: Playground, { bytes, blockBytes }: Filesystem) => ({
  freeBytes: bytes,
  blockBytes,
  keepArchives,
  whole,
  givesBack: () => takesHoles(nearestExisting(root)),
  canLink: (path: string) => canLink(path, root),
})

/** Nothing to run, to tidy up or to record anew: then nothing is written either, not even a lock. */
const isIdle = ({ graph, whole }: Playground, known: Known, plan: Plan, keepArchives: boolean): boolean =>
  openSteps(plan).length === 0 &&
  leftovers(graph, whole, known, keepArchives).length === 0 &&
  [...graph.tasks.values()].every(task => known.lookOf(task.id).touched.size === 0)

/** What a build would say of this machine is said by a dry run too, behind its plan. */
async function tellLacking({ console }: Desk, { root }: Playground, plan: Plan): Promise<void> {
  const problems = [lackingFor(plan), await missingFor(plan, root)]
  for (const problem of problems) if (problem) console.problem(problem)
}

async function perform(
  desk: Desk,
  playground: Playground,
  seen: Seen,
  { room, measured }: Required<Pick<PlanOptions, 'measured'>> & { readonly room: Filesystem },
  began: number,
): Promise<number> {
  const [{ whileHeld }, { runPlan }, { refreshTimes }, { inheritRecords }, { learn, receiptsBefore }] =
    await Promise.all([
      import('./hold.ts'),
      import('../run.ts'),
      import('../run/refresh.ts'),
      import('../run/inherit.ts'),
      import('./learn.ts'),
    ])
  const { console, command } = desk
  const { force, offline, quiet } = command.options
  // Without hosts a build does what it can, and tells all that it would have needed.
  const keepGoing = command.options.keepGoing || offline
  const { keepArchives } = playground
  const { result, interrupted } = await whileHeld(desk, { ...playground, seen }, async run => {
    rememberSpec(playground)
    // Planned again under the lock: another build may have been at work since the first look.
    const plan = planOf(run.graph, run.known, { force, ...roomOptions(playground, room), measured })
    if (console.json) console.plan(plan, room.bytes)
    console.watch(openSteps(plan).length)
    const before = receiptsBefore(run)
    const tally = await runPlan(run, plan, { keepGoing, archiveBytes: plan.totals.archives })
    inheritRecords(run)
    await refreshTimes(run)
    run.known.receipts.dropUnused()
    const isChanged = learn(run, before, command.options.spec)
    const extras = await extrasAfter(desk, run)
    const isWhole = tally.failed + tally.skipped === 0 && !run.signal.aborted
    if (isWhole && isChanged) await rememberAnew(desk, run.known, extras)
    else if (isWhole) rememberIdle(desk, playground, run.known, extras)
    if (offline && tally.failed > 0) tellMissing(console, planOf(run.graph, run.known, { keepArchives }))
    return tally
  })
  const exitCode = interrupted
    ? exitCodes.interrupted
    : result.failed + result.skipped > 0
      ? exitCodes.failed
      : exitCodes.done
  const summary = { ...result, seconds: (performance.now() - began) / 1000, exitCode }
  if (!quiet || exitCode !== exitCodes.done) console.result(closingLine(summary))
  return console.summary(summary)
}

/** With what its lock file gained, the spec is another one; and somebody may have edited it meanwhile. */
async function rememberAnew(desk: Desk, known: Known, extras: Extras): Promise<void> {
  const playground = await openPlayground(desk.command, desk.kinds).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error
  })
  if (playground === undefined) return
  rememberSpec(playground)
  const { graph, keepArchives } = playground
  if (openSteps(planOf(graph, known, { keepArchives })).length === 0)
    rememberIdle(desk, playground, known, extras)
}

/** What a build with hosts would fetch now. */
function tellMissing(console: Console, { steps, totals }: Plan): void {
  const missing = [...steps.values()].filter(
    step => step.verdict.state === 'stale' && hostOf(step) !== undefined,
  )
  const { download, unknown, byHost } = totals
  if (missing.length === 0) return
  // Of an archive that is read in parts its files are missing, and not it.
  const files = missing.reduce(
    (sum, { task, files: lost }) => sum + (task.outline.forecast.download ? 1 : (lost ?? 1)),
    0,
  )
  console.object({ event: 'offline', files, download, unknown, byHost })
  console.result(missingLine(files, totals))
}
