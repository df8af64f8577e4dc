/**
 * Ctrl-C and kill end a bench as a failure does: servers, contestants and folders go. Knows none of them. The script of
 * package.json is `exec node --import tsx` for its sake: the shell of npm keeps signals to itself, and the program `tsx`
 * kills a child that does not answer one at once, as in the middle of deleting.
 */

import { constants } from 'node:os'

const controller = new AbortController()

/** Aborted by the first signal; whoever waits for something waits for this too. */
export const ending: AbortSignal = controller.signal

/**
 * Later signals change nothing: npm passes on what the terminal has sent already. The listeners stay, because execa
 * takes a signal that nobody else listens to for the end of this process.
 */
export function heedSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (ending.aborted) return
      process.exitCode = 128 + constants.signals[signal]
      console.error(`Ending by ${signal}: what was started is ended, what was written is deleted.`)
      controller.abort()
    })
}
