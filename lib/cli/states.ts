/** The state of each target, from a plan: fresh, stale or missing, with its size. Pure. */

import type { Known } from '../knowledge.ts'
import type { Plan, Step } from '../model/plan.ts'
import { because } from '../report/words.ts'

export interface TargetState {
  readonly target: string
  readonly state: 'fresh' | 'stale' | 'missing'
  /** Files and bytes by the records, or as the spec foretells them; undefined where nothing tells. */
  readonly files: number | undefined
  readonly bytes: number | undefined
  /** Half a sentence, where not fresh. */
  readonly why: string | undefined
}

export function statesOf(plan: Plan, known: Known): readonly TargetState[] {
  return [...stepsByTarget(plan)].map(([target, steps]) => stateOf(target, steps, known))
}

/** In the order of the spec; a task of several targets stands in each. */
export function stepsByTarget({ graph, steps }: Plan): ReadonlyMap<string, readonly Step[]> {
  const byTarget = new Map<string, Step[]>(graph.targets.map(target => [target, []]))
  for (const step of steps.values()) for (const target of step.task.targets) byTarget.get(target)?.push(step)
  return byTarget
}

function stateOf(target: string, steps: readonly Step[], known: Known): TargetState {
  const givers = steps.filter(({ task }) => task.gives?.lasting && task.target === target)
  const records = givers.map(({ task }) => known.receiptOf(task.id))
  const open = steps.filter(({ verdict }) => verdict.state !== 'fresh')
  const built = records.some(record => record !== undefined)
  // A shared archive that another target needs again does not make this one stale.
  const isFresh = open.every(({ task }) => task.gives?.lasting === false)
  const state = isFresh ? 'fresh' : built ? 'stale' : 'missing'
  const forecasts = givers.map(({ task }) => task.outline.forecast)
  return {
    target,
    state,
    files: sum(records.map((record, i) => record?.files ?? forecasts[i]?.files)),
    bytes: sum(records.map((record, i) => record?.bytes ?? forecasts[i]?.bytes)),
    why: state === 'stale' ? whyOf(open) : undefined,
  }
}

/** The most telling reason: that something is needed again is only the consequence of another. */
function whyOf(open: readonly Step[]): string | undefined {
  const reasons = open.flatMap(({ task, verdict }) =>
    verdict.state === 'stale' ? [{ task, reason: verdict.reason }] : [],
  )
  const told = reasons.find(({ reason: { code } }) => code !== 'needed' && code !== 'never-built')
  const { task, reason } = told ?? reasons[0] ?? {}
  if (reason === undefined) return 'to be judged on the way'
  // All is built: it is the look at it that never ended well.
  const isUnchecked = reason.code === 'never-built' && task?.gives === undefined
  return isUnchecked ? 'not checked yet, or in vain' : because(reason)
}

const sum = (numbers: readonly (number | undefined)[]): number | undefined =>
  numbers.reduce<number | undefined>(
    (total, number) => (total === undefined || number === undefined ? undefined : total + number),
    0,
  )
