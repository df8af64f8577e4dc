/** Ctrl-C and SIGTERM: the first ends cleanly and keeps partial downloads, the second ends at once. */

import type { Report } from '../model/event.ts'
import { Problem } from '../model/problem.ts'
import { exitCodes } from './exit.ts'

export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** Gives the signals back to Node. */
  readonly release: () => void
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** For what writes: it ends where all is well, and who works says by the signal how that went. */
export const onInterrupt = (report: Report): Interrupt =>
  onFirst(abort => {
    report({
      event: 'diagnostic',
      diagnostic: {
        severity: 'note',
        code: 'interrupted',
        message: 'Ending: what is being placed is finished, partial downloads are kept.',
        next: 'press Ctrl-C again to end at once (nothing is lost then either).',
      },
    })
    abort.abort()
  })

/** For what only looks: there is nothing to be finished, and `interrupted` is thrown where the signal is listened to. */
export const onInterruptedLook = (): Interrupt => onFirst(abort => abort.abort(endedLooking()))

export const endedLooking = (): Problem =>
  new Problem({
    severity: 'note',
    code: 'interrupted',
    message: 'Ended before everything was looked at.',
    disk: 'Nothing was changed.',
  })

/** Runs what only looks. Throws `interrupted`. */
export async function whileLooking<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, release } = onInterruptedLook()
  try {
    return await work(signal)
  } finally {
    release()
  }
}

function onFirst(act: (abort: AbortController) => void): Interrupt {
  const abort = new AbortController()
  const heard = (): void => {
    if (abort.signal.aborted) process.exit(exitCodes.interrupted)
    act(abort)
  }
  for (const signal of signals) process.on(signal, heard)
  return {
    signal: abort.signal,
    release: () => {
      for (const signal of signals) process.off(signal, heard)
    },
  }
}
