/** What is told about a lock that could not be taken, or was lost. Pure. */

import type { Machine } from '../io/machine.ts'
import { Problem } from '../model/problem.ts'
import { formatSeconds } from '../model/units.ts'
import { type Holder, isNeighbour, type Owner, unreadableForMs } from './holder.ts'

/** `holder` is undefined where it let go just now, again and again. */
export function held(holder: Holder | undefined, machine: Machine, nowMs: number): Problem {
  const since = (ms: number): string => formatSeconds(Math.max(0, nowMs - ms) / 1000)
  return new Problem({
    code: 'lock-held',
    message: 'Another build is working in this playground.',
    evidence: [
      { label: 'held by', text: inWords(holder?.owner) },
      ...(holder ? [{ label: 'for', text: since(holder.takenMs) }] : []),
      ...(holder ? [{ label: 'renewed', text: `${since(holder.renewedMs)} ago` }] : []),
    ],
    disk: 'Nothing was changed.',
    next: nextStep(holder?.owner, machine),
  })
}

export function lost(holder: Holder | undefined): Problem {
  const by = holder ? inWords(holder.owner) : 'nobody: .groundwork/lock was removed'
  return new Problem({
    code: 'lock-held',
    message: 'This build lost its hold on the playground while it was running.',
    evidence: [{ label: 'held by', text: by }],
    disk: 'What was finished is placed and recorded.',
    next: 'build again when no other build is running; it goes on where this one stopped.',
  })
}

function inWords(owner: Owner | undefined): string {
  if (owner === undefined) return 'a process that did not say who it is'
  const job = owner.slurmJob === undefined ? '' : `, Slurm job ${owner.slurmJob}`
  return `process ${owner.pid} on ${owner.host}${job}`
}

function nextStep(owner: Owner | undefined, machine: Machine): string {
  if (owner === undefined) return `try again in ${formatSeconds(unreadableForMs / 1000)}.`
  if (isNeighbour(owner, machine)) return `wait until it is done, or end it with \`kill ${owner.pid}\`.`
  return (
    'wait until it is done. If it is dead, its lock falls 5 minutes after it was last renewed, ' +
    'or when you remove .groundwork/lock.'
  )
}
