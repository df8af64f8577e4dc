/** Builds that contend for a lock, on machines and at moments that the test chooses, and what they leave. */

import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../../lib/io/machine.ts'
import { type Lock, takeLock } from '../../lib/lock.ts'
import type { Problem } from '../../lib/model/problem.ts'
import { stateFolder } from './samples.ts'

/** Processes that live on every machine of these tests, with their start times. */
const alive = new Map([
  [100, '5000'],
  [200, '6000'],
  [300, '7000'],
])

export const machineOf = (pid: number, rest: Partial<Machine> = {}): Machine => ({
  host: 'gpu-17',
  pidNamespace: 'pid:[1]',
  boot: 'first',
  pid,
  slurmJob: undefined,
  startOf: asked => alive.get(asked),
  ...rest,
})

/** Noon of some day; files are dated back from it. */
const now = Date.UTC(2026, 0, 2, 12)
export const second = 1000
export const minute = 60 * second

interface Contender {
  readonly runId: string
  readonly machine: Machine
  readonly lost: Problem[]
  /** What a timer would call. */
  renew(): void
  readonly stopped: () => boolean
}

export function contender(runId: string, machine: Machine): Contender & { take(folder: string): Lock } {
  const lost: Problem[] = []
  let renew: () => void = () => {}
  let stopped = false
  return {
    runId,
    machine,
    lost,
    renew: () => renew(),
    stopped: () => stopped,
    take: folder =>
      takeLock(folder, {
        runId,
        machine,
        onLost: problem => void lost.push(problem),
        nowMs: () => now,
        repeat: each => {
          renew = each
          return () => void (stopped = true)
        },
      }),
  }
}

/** A lock as another process left it, taken and last renewed so long ago. */
export function lockOf(machine: Machine, ages: { readonly taken: number; readonly renewed: number }): string {
  const folder = stateFolder()
  contender('their-run', machine).take(folder)
  date(join(folder, 'lock', 'their-run.json'), ages.renewed)
  date(join(folder, 'lock'), ages.taken)
  return folder
}

export const date = (path: string, ageMs: number): void =>
  utimesSync(path, (now - ageMs) / 1000, (now - ageMs) / 1000)
export const owners = (folder: string): readonly string[] => readdirSync(join(folder, 'lock'))
export const fresh = { taken: 2 * second, renewed: second }
