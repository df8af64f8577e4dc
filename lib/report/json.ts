/** Events as JSON, one object a line. The shape is the contract with scripts: it grows, and keeps its meaning. */

import type { RunEvent } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import type { Diagnostic } from '../model/problem.ts'
import { redact } from '../model/redact.ts'
import type { Verdict } from '../model/verdict.ts'

/** One line for one event. `time` is ISO 8601. */
export function eventLine(event: RunEvent, time: string): string {
  return line(event.event === 'diagnostic' ? diagnosticObject(event.diagnostic) : event, time)
}

/** The `plan` event. `freeDisk` in bytes; what nobody can tell beforehand is null. */
export function planLine(plan: Plan, freeDisk: number, time: string): string {
  const steps = [...plan.steps.values()].map(({ task, verdict, download, write, files, saved }) => ({
    task: task.id,
    target: task.target,
    kind: task.kind.name,
    ...verdictObject(verdict),
    download: download ?? null,
    write: write ?? null,
    files: files ?? null,
    ...(saved !== undefined && { saved }),
  }))
  const { leastDisk: _l, archives: _a, guessed, wholes, ...totals } = plan.totals
  // What is fetched or written, and so the peak, is that or more.
  const atLeast = totals.unknown + guessed + wholes > 0
  return line({ event: 'plan', steps, totals: { ...totals, atLeast, freeDisk } }, time)
}

export const verdictObject = (verdict: Verdict): object =>
  verdict.state === 'stale'
    ? { verdict: 'stale', reason: verdict.reason }
    : verdict.state === 'unsettled'
      ? { verdict: 'unsettled', reason: { code: 'unsettled', until: verdict.until } }
      : { verdict: 'fresh' }

export function line(object: object, time: string): string {
  const { event, ...rest } = object as { event: string }
  return `${JSON.stringify({ event, time, ...rest })}\n`
}

const diagnosticObject = ({ place, ...rest }: Diagnostic): object => ({
  event: 'diagnostic',
  ...withoutSecrets(rest),
  ...(place && { file: place.file, line: place.line, column: place.column }),
})

/** Every text in it, whichever field it stands in: also the excerpt of the spec. */
const withoutSecrets = <T extends object>(object: T): T =>
  JSON.parse(JSON.stringify(object), (_, value: unknown) =>
    typeof value === 'string' ? redact(value) : value,
  ) as T
