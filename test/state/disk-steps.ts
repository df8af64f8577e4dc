/**
 * `node:fs` whose every call goes by a watcher first, which may look, do something in between, or throw. For
 * `vi.mock('node:fs', …)`; the functions of the real module are handed in.
 */

import type * as fs from 'node:fs'

const watched = [
  'closeSync',
  'existsSync',
  'fsyncSync',
  'lstatSync',
  'mkdirSync',
  'openSync',
  'readdirSync',
  'readFileSync',
  'renameSync',
  'rmdirSync',
  'rmSync',
  'writeFileSync',
  'writeSync',
] as const

type Step = (typeof watched)[number]
/** Called before each step with its arguments. */
type Watcher = (step: Step, parameters: readonly unknown[], real: typeof fs) => void

let watcher: Watcher | undefined

/** Runs `work` under a watcher. What the watcher does itself is not watched. */
export function watching<T>(watch: Watcher, work: () => T): T {
  watcher = (...step) => {
    const outer = watcher
    watcher = undefined
    try {
      watch(...step)
    } finally {
      watcher = outer
    }
  }
  try {
    return work()
  } finally {
    watcher = undefined
  }
}

export function watchable(real: typeof fs): typeof fs {
  const wrapped: Record<string, unknown> = { ...real }
  for (const step of watched) {
    const call = real[step] as (...parameters: readonly unknown[]) => unknown
    wrapped[step] = (...parameters: readonly unknown[]) => {
      watcher?.(step, parameters, real)
      return call(...parameters)
    }
  }
  return wrapped as typeof fs
}

/** The process that died. */
export class Crash extends Error {}

/** Runs `work` and kills it at its `k`-th step, a write after half of its bytes. Whether it died. */
export function diesAtStep(k: number, work: () => void): boolean {
  let step = 0
  try {
    watching((name, parameters, real) => {
      step += 1
      if (step === k && name === 'writeSync') {
        const [handle, bytes, at, length] = parameters as [number, Uint8Array, number, number]
        real.writeSync(handle, bytes, at, Math.floor(length / 2))
      }
      // Dead is dead: nothing that `finally` does reaches the disk either.
      if (step >= k) throw new Crash(`step ${k}: ${name}`)
    }, work)
    return false
  } catch (error) {
    if (error instanceof Crash) return true
    throw error
  }
}
