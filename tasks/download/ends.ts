/** What an answer or an error that ends a request means for who sent it: another try, or the end of the address. */

import { Anew } from './anew.ts'
import { Setback } from './crew.ts'
import { isTransient, type Judgement } from './judge.ts'

/** Failures of the network are setbacks; everything else ends the address. */
export async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isTransient(error) ? new Setback(error) : error
  }
}

export function endOf(judgement: Exclude<Judgement, { is: 'fit' | 'whole-file' }>): unknown {
  switch (judgement.is) {
    case 'unfit':
      return new Anew('unfit', judgement.origin, judgement.found)
    case 'try-again':
      return new Setback(judgement.problem, judgement.pauseMs, judgement.crowded)
    case 'refused':
      return judgement.problem
  }
}

/** Where the host says that its answer ends. */
export const toldEnd = (judgement: Judgement): number | undefined =>
  judgement.is === 'fit' ? judgement.end : undefined
