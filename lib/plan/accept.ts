/**
 * Which results may be recorded as those of the present definition although another one made them, and what stands against
 * it. Pure; judged as a plan is. Believes the user that the bytes are the same, unless something that is known says otherwise.
 */

import { isPartial } from '../model/annotation.ts'
import type { Change } from '../model/fingerprint.ts'
import { isOurFolder } from '../model/layout.ts'
import type { Graph } from '../model/plan.ts'
import type { Receipt } from '../model/receipt.ts'
import type { Artifact, Task, TaskId } from '../model/task.ts'
import {
  brokenPins,
  type DigestOf,
  differences,
  judge,
  type Reason,
  recordedInputs,
  type Survey,
  type Verdict,
} from '../model/verdict.ts'
import { isLeftUnmade, type Knowledge, surveyForJudge } from '../plan.ts'
import { Predecessors } from './predecessors.ts'

/** A record that is to be written anew. */
export interface Acceptance {
  readonly task: Task
  /** Of the result as it was made, maybe by a task that is called otherwise by now. */
  readonly receipt: Receipt
  /** What it takes now. */
  readonly inputs: Receipt['inputs']
  readonly reason: Reason
}

/** What stands against accepting a result. */
export type Obstacle =
  | { readonly form: 'not-built'; readonly reason: Reason }
  /** The spec pins other bytes, or a digest that nobody compared with them. */
  | { readonly form: 'pinned'; readonly changes: readonly Change[] }
  | { readonly form: 'moved'; readonly was: string; readonly now: string }
  /** Only some of the files were made, and all are wanted; or the other way round. */
  | { readonly form: 'partial'; readonly isPart: boolean }
  /** A file of this machine. */
  | { readonly form: 'other-size'; readonly path: string; readonly was: number; readonly now: number }
  | { readonly form: 'damaged'; readonly survey: Survey }
  /** Targets that it is made for as well, and that were not named. */
  | { readonly form: 'shared'; readonly targets: readonly string[] }

interface Refusal {
  readonly task: Task
  readonly obstacle: Obstacle
}

/** Stale for another reason than its definition, or because it is to be checked: the next build sees to it. */
export interface Left {
  readonly task: Task
  readonly verdict: Verdict
}

export interface Accepting {
  readonly fresh: number
  readonly accepted: readonly Acceptance[]
  readonly refused: readonly Refusal[]
  readonly left: readonly Left[]
}

type Outcome =
  | { readonly form: 'fresh'; readonly digest: string }
  /** Does not last, and is not made unasked. */
  | { readonly form: 'unasked' }
  | { readonly form: 'accepted'; readonly acceptance: Acceptance }
  | ({ readonly form: 'refused'; readonly digest: string | undefined } & Refusal)
  | ({ readonly form: 'left' } & Left)

/** `graph`: of the targets that are named; `whole`: everything that the spec names. */
export function acceptable(graph: Graph, whole: Graph, known: Knowledge): Accepting {
  const digests = new Map<TaskId, string>()
  const accepted = new Map<TaskId, Acceptance>()
  const digestOf: DigestOf = id => whole.tasks.get(id)?.gives?.pins?.sha256 ?? digests.get(id)
  const named = new Set(graph.targets)
  const weighing = { named, whole, known, predecessors: new Predecessors(whole, known), digestOf, accepted }
  const refused: Refusal[] = []
  const left: Left[] = []
  let fresh = 0
  for (const task of graph.tasks.values()) {
    const outcome = weigh(task, weighing)
    switch (outcome.form) {
      case 'fresh':
        digests.set(task.id, outcome.digest)
        fresh += 1
        break
      case 'accepted':
        digests.set(task.id, outcome.acceptance.receipt.digest)
        accepted.set(task.id, outcome.acceptance)
        break
      case 'refused':
        // As if it were accepted: what only follows from it is not told as well.
        if (outcome.digest !== undefined) digests.set(task.id, outcome.digest)
        refused.push(outcome)
        break
      case 'left':
        left.push(outcome)
        break
      case 'unasked':
        break
    }
  }
  return { fresh, accepted: [...accepted.values()], refused, left }
}

interface Weighing {
  readonly named: ReadonlySet<string>
  readonly whole: Graph
  readonly known: Knowledge
  readonly predecessors: Predecessors
  readonly digestOf: DigestOf
  readonly accepted: ReadonlyMap<TaskId, unknown>
}

function weigh(task: Task, weighing: Weighing): Outcome {
  const { known, whole, predecessors, digestOf } = weighing
  const { gives } = task
  const verdict = judge(task, known.memoryOf(task.id), surveyForJudge(task, known), digestOf)
  const left: Outcome = { form: 'left', task, verdict }
  const receipt = predecessors.receiptOf(task)
  if (verdict.state === 'unsettled') return left
  if (verdict.state === 'stale' && isLeftUnmade(whole, task)) return { form: 'unasked' }
  if (gives === undefined) return verdict.state === 'fresh' ? { form: 'fresh', digest: '' } : left
  const reason = verdict.state === 'stale' ? verdict.reason : renamedInput(task, receipt, weighing)
  if (reason === undefined) return { form: 'fresh', digest: receipt?.digest ?? '' }
  const refuse = (obstacle: Obstacle): Outcome => ({
    form: 'refused',
    task,
    obstacle,
    digest: receipt?.digest,
  })
  if (receipt === undefined) return refuse({ form: 'not-built', reason })
  if (!isOfDefinition(reason) || isDemand(task, receipt)) return left
  // Made of other things altogether.
  const isPart = isPartial(receipt.fingerprint)
  if (isPart !== isPartial(task.outline.fingerprint)) return refuse({ form: 'partial', isPart })
  const recorded = recordedInputs(receipt, task.outline.takes)
  const inputs = task.outline.takes.map((input, i) => ({
    task: input,
    was: recorded[i]?.digest,
    now: digestOf(input),
  }))
  const other = inputs.find(({ was, now }) => was !== undefined && now !== undefined && was !== now)
  const pins = other && whole.tasks.get(other.task)?.gives?.pins
  if (other && pins?.sha256 === other.now)
    return refuse({ form: 'pinned', changes: [{ ingredient: 'sha256', ...other, ...placeOf(pins) }] })
  // Made of other bytes, or of what is not known yet.
  if (other !== undefined || inputs.some(({ now }) => now === undefined)) return left
  const obstacle = obstacleTo(task, gives, receipt, weighing)
  if (obstacle) return refuse(obstacle)
  const taken = inputs.map(input => ({ task: input.task, digest: input.now ?? '' }))
  return { form: 'accepted', acceptance: { task, receipt, inputs: taken, reason } }
}

const placeOf = ({ place }: { readonly place?: Change['place'] } = {}) => place && { place }

/** It is fresh, and made of what is called otherwise by now and was accepted as that. */
function renamedInput(
  { outline }: Task,
  receipt: Receipt | undefined,
  { accepted }: Weighing,
): Reason | undefined {
  const recorded = new Set(receipt?.inputs.map(({ task }) => task))
  const input = outline.takes.find(take => accepted.has(take) && !recorded.has(take))
  return input === undefined ? undefined : { code: 'input-added', input }
}

/** Whether a task is stale for what the spec says of it. A new input may have been told before its definition is. */
function isOfDefinition({ code }: Reason): boolean {
  switch (code) {
    // Its result is known under another name.
    case 'never-built':
    case 'definition-changed':
    case 'kind-changed':
    case 'input-added':
    case 'input-removed':
    case 'input-changed':
      return true
    case 'interrupted':
    case 'forced':
    case 'needed':
    case 'file-changed':
    case 'output-damaged':
    case 'record-unreadable':
    case 'moved':
      return false
  }
}

/** What must hold of the result is said anew: that can only be looked for. */
const isDemand = ({ kind, outline }: Task, { fingerprint }: Receipt): boolean =>
  differences(fingerprint, outline.fingerprint).some(({ ingredient }) => kind.demands?.includes(ingredient))

function obstacleTo(
  task: Task,
  gives: Artifact,
  receipt: Receipt,
  { named, known }: Weighing,
): Obstacle | undefined {
  const others = task.targets.filter(target => !named.has(target))
  if (others.length > 0) return { form: 'shared', targets: others }
  const changes = gives.pins ? brokenPins(gives.pins, receipt) : []
  if (changes.length > 0) return { form: 'pinned', changes }
  const moved = movedFrom(task, gives, receipt)
  if (moved) return moved
  const { copyOf } = task.outline.forecast
  const size = copyOf === undefined ? undefined : known.bytesOutside(copyOf)
  if (copyOf !== undefined && size !== undefined && size !== receipt.bytes)
    return { form: 'other-size', path: copyOf, was: receipt.bytes, now: size }
  const survey = known.surveyOf(task.id)
  return gives.lasting && survey.state !== 'intact' ? { form: 'damaged', survey } : undefined
}

/** The files lie, or would be called, otherwise than the definition says. */
function movedFrom({ outline }: Task, gives: Artifact, receipt: Receipt): Obstacle | undefined {
  const isElsewhere = gives.lasting ? receipt.at !== gives.at : !isOurFolder(receipt.at)
  if (isElsewhere) return { form: 'moved', was: receipt.at, now: gives.at }
  const into = differences(receipt.fingerprint, outline.fingerprint).find(({ ingredient }) =>
    /(^|\.)into$/.test(ingredient),
  )
  return into && { form: 'moved', was: `into ${into.was ?? '/'}`, now: `into ${into.now ?? '/'}` }
}
