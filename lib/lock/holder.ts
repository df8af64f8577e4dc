/** Who holds a lock, as the holder wrote it down, and whether that process still lives. Changes nothing. */

import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../io/disk.ts'
import type { Machine } from '../io/machine.ts'

export interface Owner {
  readonly host: string
  readonly pidNamespace: string
  readonly boot: string
  readonly pid: number
  readonly start: string
  readonly runId: string
  readonly slurmJob?: string
}

/** What lies in a lock folder. Times by the filesystem's clock. */
export interface Holder {
  /** Name in the folder. */
  readonly file: string
  /** Undefined: unreadable. */
  readonly owner: Owner | undefined
  readonly takenMs: number
  readonly renewedMs: number
}

/** A holder on another host counts as dead after so long without renewal. */
const silentForMs = 5 * 60_000
/** So does one that left no readable word of itself. */
export const unreadableForMs = 10_000

export const ownerOf = (machine: Machine, runId: string): Owner => ({
  host: machine.host,
  pidNamespace: machine.pidNamespace,
  boot: machine.boot,
  pid: machine.pid,
  start: machine.startOf(machine.pid) ?? '',
  runId,
  ...(machine.slurmJob !== undefined && { slurmJob: machine.slurmJob }),
})

/** Undefined where nobody holds it. */
export function holderOf(lock: string): Holder | undefined {
  try {
    const file = readdirSync(lock)[0]
    if (file === undefined) return undefined
    const path = join(lock, file)
    const owner = readOwner(readFileSync(path, 'utf8'))
    return { file, owner, takenMs: lstatSync(lock).mtimeMs, renewedMs: lstatSync(path).mtimeMs }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function readOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner
    return typeof owner.host === 'string' && typeof owner.pid === 'number' ? owner : undefined
  } catch {
    return undefined
  }
}

export function isGone({ owner, renewedMs }: Holder, machine: Machine, nowMs: number): boolean {
  const silentMs = nowMs - renewedMs
  if (owner === undefined) return silentMs >= unreadableForMs
  if (!isNeighbour(owner, machine)) return silentMs >= silentForMs
  return owner.boot !== machine.boot || !isAlive(owner, machine)
}

/** A process of which this machine can tell whether it lives. */
export const isNeighbour = (owner: Owner, machine: Machine): boolean =>
  owner.host === machine.host && owner.pidNamespace === machine.pidNamespace

function isAlive(owner: Owner, machine: Machine): boolean {
  const start = machine.startOf(owner.pid)
  // Another start time: the pid was given to another process since.
  return start !== undefined && (start === '' || owner.start === '' || start === owner.start)
}
