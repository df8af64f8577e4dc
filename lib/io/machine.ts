/**
 * Who this process is, and whether another one lives: host, boot, pid, start time.
 * Where there is no /proc (macOS) less is known: a process is told by its pid alone.
 */

import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { errorCode } from './disk.ts'

export interface Machine {
  readonly host: string
  /** Processes see each other by pid only within one: a container has its own. Empty where there are none. */
  readonly pidNamespace: string
  /** Another one after each start of the machine; empty where nothing tells. */
  readonly boot: string
  readonly pid: number
  /** Set within a Slurm job. */
  readonly slurmJob: string | undefined
  /** When a living process started, in ticks since boot; empty where only that it lives can be told. Undefined: no such process. */
  startOf(pid: number): string | undefined
}

export const thisMachine = (): Machine => ({
  host: hostname(),
  pidNamespace: ifReadable(() => readlinkSync('/proc/self/ns/pid')),
  boot: ifReadable(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  pid: process.pid,
  slurmJob: process.env['SLURM_JOB_ID'],
  startOf,
})

function startOf(pid: number): string | undefined {
  if (!isKnownToKernel(pid)) return undefined
  // The name stands in brackets and may hold anything; behind it: state, then 18 fields, then the start time.
  const stat = ifReadable(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const isDead = fields[0] === 'Z' || fields[0] === 'X'
  return isDead ? undefined : (fields[19] ?? '')
}

function isKnownToKernel(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process.
    return errorCode(error) === 'EPERM'
  }
}

function ifReadable(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
