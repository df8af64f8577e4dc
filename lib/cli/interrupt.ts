/** Ctrl-C and SIGTERM: the first ends cleanly and keeps partial downloads, the second ends at once. */

import type { Report } from '../model/event.ts'
import { exitCodes } from './exit.ts'

export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** Gives the signals back to Node. */
  readonly release: () => void
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function onInterrupt(report: Report): Interrupt {
  const abort = new AbortController()
  const heard = (): void => {
    if (abort.signal.aborted) process.exit(exitCodes.interrupted)
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
  }
  for (const signal of signals) process.on(signal, heard)
  return {
    signal: abort.signal,
    release: () => {
      for (const signal of signals) process.off(signal, heard)
    },
  }
}
