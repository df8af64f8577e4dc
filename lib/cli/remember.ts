/** Makes the memory of an idle build anew where it was lost, by a build that found nothing to do. Runs no task. */

import { Problem } from '../model/problem.ts'
import { planOf } from '../plan.ts'
import type { Seen } from '../survey.ts'
import type { Desk } from './desk.ts'
import { extrasAfter } from './extras.ts'
import { whileHeld } from './hold.ts'
import { rememberIdle } from './idle.ts'
import { isIdle } from './make.ts'
import type { Playground } from './playground.ts'

/** False where the playground cannot be held now, or cannot be written to: then the next build may do it. */
export async function rememberAgain(desk: Desk, playground: Playground, seen: Seen): Promise<boolean> {
  try {
    await whileHeld(desk, { ...playground, seen }, async run => {
      const extras = await extrasAfter(desk, run)
      // Another build may have been at work since.
      if (isIdle(playground, run.known, planOf(run.graph, run.known)))
        rememberIdle(desk, playground, run.known, extras)
    })
    return true
  } catch (error) {
    if (!(error instanceof Problem) || !cannotHold.has(error.code)) throw error
    return false
  }
}

const cannotHold: ReadonlySet<string> = new Set(['lock-held', 'read-only-root'])
