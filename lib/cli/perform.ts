/** Carries a plan out while the playground is held, records what is left to record, and remembers for the next build. */

import type { Known } from '../knowledge.ts'
import type { Summary } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import { Problem } from '../model/problem.ts'
import { hostOf } from '../plan/totals.ts'
import { openSteps, planOf } from '../plan.ts'
import { closingLine, missingLine } from '../report/closing.ts'
import type { Run } from '../run/context.ts'
import { leftovers } from '../run/discard.ts'
import type { Extras } from '../run/extras.ts'
import { asRecorded, problemOf } from '../run/failure.ts'
import { inheritRecords } from '../run/inherit.ts'
import { refreshTimes } from '../run/refresh.ts'
import { runPlan } from '../run.ts'
import { rememberSpec } from '../spec/cache.ts'
import type { Seen } from '../survey.ts'
import type { Console } from './console.ts'
import type { Desk } from './desk.ts'
import { exitCodeOf, exitCodes } from './exit.ts'
import { extrasAfter } from './extras.ts'
import { whileHeld } from './hold.ts'
import { nothingToDo, rememberIdle } from './idle.ts'
import { learn, receiptsBefore } from './learn.ts'
import type { Planning } from './make.ts'
import { openPlayground, type Playground } from './playground.ts'

interface Beginning {
  readonly seen: Seen
  readonly planning: Planning
  /** By the clock of `performance`. */
  readonly began: number
}

export async function perform(
  desk: Desk,
  playground: Playground,
  { seen, planning, began }: Beginning,
): Promise<number> {
  const { console, command } = desk
  const { offline, quiet } = command.options
  // Without hosts a build does what it can, and tells all that it would have needed.
  const keepGoing = command.options.keepGoing || offline
  const { keepArchives } = playground
  const { result, interrupted } = await whileHeld(desk, { ...playground, seen }, async run => {
    rememberSpec(playground)
    // Planned again under the lock: another build may have been at work since the first look.
    const plan = planOf(run.graph, run.known, planning)
    if (console.json) console.plan(plan, planning.freeBytes)
    console.watch(openSteps(plan).length)
    const before = receiptsBefore(run)
    const isTidy = leftovers(run.graph, run.whole, run.known, keepArchives).length === 0
    const tally = await runPlan(run, plan, { keepGoing, archiveBytes: plan.totals.archives })
    const ended = await endedBy(run, async () => {
      inheritRecords(run)
      await refreshTimes(run)
      run.known.receipts.dropUnused()
      const isChanged = learn(run, before, command.options.spec)
      const extras = await extrasAfter(desk, run)
      const isWhole = tally.failed + tally.skipped === 0 && !run.signal.aborted
      if (isWhole && isChanged) await rememberAnew(desk, run.known, extras)
      else if (isWhole) rememberIdle(desk, playground, run.known, extras)
      if (offline && tally.failed > 0) tellMissing(console, planOf(run.graph, run.known, { keepArchives }))
    })
    return { tally, isTidy, ended }
  })
  const { tally, isTidy } = result
  const exitCode = interrupted ? exitCodes.interrupted : exitCodeAfter(result)
  // Files had to be read to know it, and at most their times were recorded anew.
  if (tally.ran === 0 && isTidy && exitCode === exitCodes.done)
    return nothingToDo(desk, tally.fresh, { began, seen })
  const summary = { ...tally, seconds: (performance.now() - began) / 1000, exitCode }
  if (!quiet || exitCode !== exitCodes.done) console.result(closingLine(summary))
  return console.summary(summary)
}

interface Ended {
  readonly tally: Pick<Summary, 'failed' | 'skipped'>
  readonly ended: Problem | undefined
}

function exitCodeAfter({ tally: { failed, skipped }, ended }: Ended): number {
  if (failed + skipped > 0) return exitCodes.failed
  return ended ? exitCodeOf(ended.code) : exitCodes.done
}

/** What failed behind the last task, told like the failure of one: what the run did is told all the same. */
async function endedBy(run: Run, work: () => Promise<void>): Promise<Problem | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (run.signal.aborted) throw error
    const problem = problemOf(error, { disk: asRecorded })
    run.started.tell(problem.diagnostics)
    return problem
  }
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
