/** What every verb that only looks begins with: the playground, what is known of it, and the plan. Writes nothing. */

import { roomAt } from '../io/disk.ts'
import type { Known } from '../knowledge.ts'
import type { Plan } from '../model/plan.ts'
import { planOf } from '../plan.ts'
import type { Desk } from './desk.ts'
import { openPlayground, type Playground, survey } from './playground.ts'
import { tellingOfReads } from './reading.ts'

export interface Looked {
  readonly playground: Playground
  readonly known: Known
  readonly plan: Plan
}

/** `asMade`: what was made in part only is looked at as that. Ended by the signal, it throws its reason. */
export async function lookOnly(
  { command, kinds, console }: Desk,
  signal: AbortSignal,
  { asMade = false } = {},
): Promise<Looked> {
  const playground = await openPlayground({ ...command, options: { ...command.options, asMade } }, kinds)
  const known = await survey(playground, {
    tier: command.options.check,
    ...tellingOfReads(console, signal, 'to look'),
  })
  for (const diagnostic of known.receipts.problems) console.report({ event: 'diagnostic', diagnostic })
  const plan = planOf(playground.graph, known, { freeBytes: roomAt(playground.root).bytes })
  return { playground, known, plan }
}
