/** The work of `build` up to the first byte: plans, says what a dry run says, refuses what cannot be. */

import { linkInto, nearestExisting, roomAt } from '../io/disk.ts'
import { takesHoles } from '../io/native.ts'
import type { Known } from '../knowledge.ts'
import type { Plan } from '../model/plan.ts'
import type { Survey } from '../model/verdict.ts'
import { openSteps, type PlanOptions, planOf } from '../plan.ts'
import { refuseReadOnly, refuseWithoutRoom } from '../room.ts'
import { leftovers } from '../run/discard.ts'
import { isForgotten } from '../settled.ts'
import type { Seen } from '../survey.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { tellExtras } from './extras.ts'
import { nothingToDo } from './idle.ts'
import type { Interrupt } from './interrupt.ts'
import { lackingFor, missingFor } from './lacking.ts'
import { refuseUnpinned } from './locked.ts'
import { measuredIn } from './measured.ts'
import { openPlayground, type Playground, survey } from './playground.ts'
import { clockAt, tellingOfReads } from './reading.ts'

interface Making {
  /** By the clock of `performance`. */
  readonly began: number
  readonly seen: Seen
  /** Until the playground is held. */
  readonly looking: Interrupt
}

export async function make(desk: Desk, { began, seen, looking }: Making): Promise<number> {
  const { command, kinds, console } = desk
  const { options } = command
  const playground = await openPlayground(command, kinds)
  if (options.locked) refuseUnpinned(playground.graph, options.spec)
  const { signal } = looking
  const telling = tellingOfReads(console, signal, options.dryRun ? 'to look' : 'to build')
  const clock = options.dryRun ? {} : { clock: clockAt(playground.state) }
  const known = await survey(playground, { tier: options.check, seen, ...telling, ...clock })
  const { plan, planning } = await outlookOf(playground, known, options.force)
  const ground = { ...playground, known, signal }
  if (options.dryRun) {
    console.plan(plan, planning.freeBytes)
    await tellLacking(desk, playground, plan)
    await tellExtras(desk, ground)
    return console.summary({ exitCode: exitCodes.done, fresh: plan.steps.size - openSteps(plan).length })
  }
  for (const diagnostic of known.receipts.problems) console.report({ event: 'diagnostic', diagnostic })
  if (isIdle(playground, known, plan)) {
    const isRemembered =
      mayRemember(desk, playground, known) && (await remember(desk, playground, seen, looking))
    if (!isRemembered) await tellExtras(desk, ground)
    return nothingToDo(desk, plan.steps.size, { began, seen })
  }
  const lacking = lackingFor(plan)
  if (lacking) throw lacking
  refuseReadOnly(playground.root)
  refuseWithoutRoom(playground.root, plan, task => known.leftOf(task))
  const { perform } = await import('./perform.ts')
  looking.release()
  return perform(desk, playground, { seen, planning, began })
}

export type Planning = PlanOptions & Required<Pick<PlanOptions, 'freeBytes'>>

/** A plan by all that can be known before anything runs, and what it was made by beside the records and the disk. */
async function outlookOf(
  { graph, root, whole, keepArchives }: Playground,
  known: Known,
  force: boolean,
): Promise<{ readonly plan: Plan; readonly planning: Planning }> {
  const { bytes: freeBytes, blockBytes } = roomAt(root)
  const planning: Planning = {
    force,
    freeBytes,
    blockBytes,
    keepArchives,
    whole,
    givesBack: () => takesHoles(nearestExisting(root)),
    canLink: linkInto(root),
  }
  const plan = planOf(graph, known, planning)
  const measured = await measuredIn(plan, known, blockBytes)
  if (measured.size === 0) return { plan, planning }
  const closer = { ...planning, measured }
  return { plan: planOf(graph, known, closer), planning: closer }
}

/** Nothing to run, to tidy up or to record anew: then nothing is written either, not even a lock. */
export const isIdle = ({ graph, whole, keepArchives }: Playground, known: Known, plan: Plan): boolean =>
  openSteps(plan).length === 0 &&
  leftovers(graph, whole, known, keepArchives).length === 0 &&
  [...graph.tasks.values()].every(({ id }) => !isWorthRecording(known.surveyOf(id)))

const isWorthRecording = (survey: Survey): boolean => survey.state === 'intact' && survey.refreshed > 0

/** What was lost is made anew; a memory of another spec, or with other targets asked for, is left alone. */
const mayRemember = ({ command: { options } }: Desk, { root }: Playground, { receipts }: Known): boolean =>
  options.check === 'tree' &&
  !options.locked &&
  receipts.all().size > 0 &&
  // What is wrong with the records is to be told by each build.
  receipts.problems.length === 0 &&
  isForgotten(root)

async function remember(
  desk: Desk,
  playground: Playground,
  seen: Seen,
  looking: Interrupt,
): Promise<boolean> {
  const { rememberAgain } = await import('./remember.ts')
  looking.release()
  return rememberAgain(desk, playground, seen)
}

/** What a build would say of this machine is said by a dry run too, behind its plan. */
async function tellLacking({ console }: Desk, { root }: Playground, plan: Plan): Promise<void> {
  const problems = [lackingFor(plan), await missingFor(plan, root)]
  for (const problem of problems) if (problem) console.problem(problem)
}
