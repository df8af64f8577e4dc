/** Works on a playground while holding its lock, and ends cleanly when the user wants it to. */

import type { Run } from '../run/context.ts'
import { withRun } from '../run/open.ts'
import type { Seen } from '../survey.ts'
import type { Desk } from './desk.ts'
import { endedLooking, onInterrupt } from './interrupt.ts'
import type { Playground } from './playground.ts'
import { tellingOfReads } from './reading.ts'

/** Throws what `withRun` throws: `lock-held`, `read-only-root`. */
export async function whileHeld<T>(
  { command: { options }, console }: Desk,
  playground: Playground & { readonly seen?: Seen },
  work: (run: Run) => Promise<T>,
): Promise<{ readonly result: T; readonly interrupted: boolean }> {
  const interrupt = onInterrupt(console.report)
  const looking = new AbortController()
  const endLooking = (): void => looking.abort(endedLooking())
  interrupt.signal.addEventListener('abort', endLooking, { once: true })
  const request = {
    ...playground,
    ...options,
    tier: options.check,
    telling: tellingOfReads(console, looking.signal, 'to build'),
    report: console.report,
    signal: interrupt.signal,
    keepArchives: playground.keepArchives,
    root: playground.root,
    spec: playground.spec,
  }
  try {
    const result = await withRun(request, work)
    return { result, interrupted: interrupt.signal.aborted }
  } finally {
    interrupt.release()
  }
}
