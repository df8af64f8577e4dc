/** Two builds that want the lock at once: the second cuts in at every step of the first. */

import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { Problem } from '../../lib/model/problem.ts'
import { problemIn } from '../rig/golden.ts'
import { watching } from './disk-steps.ts'
import { contender, fresh, lockOf, machineOf, minute, owners } from './lock-rig.ts'
import { stateFolder } from './samples.ts'

vi.mock('node:fs', async importOriginal => {
  const { watchable } = await import('./disk-steps.ts')
  return watchable(await importOriginal())
})

describe('two that come at once', () => {
  const scenes: readonly (readonly [string, () => string])[] = [
    ['nobody there', stateFolder],
    ['a dead holder', () => lockOf(machineOf(999), fresh)],
    [
      'a silent holder elsewhere',
      () => lockOf(machineOf(9, { host: 'x' }), { taken: 0, renewed: 9 * minute }),
    ],
    [
      'an empty folder',
      () => {
        const folder = stateFolder()
        mkdirSync(join(folder, 'lock'), { recursive: true })
        return folder
      },
    ],
  ]

  /** Whether it got the lock. */
  function tries(runId: string, pid: number, folder: string): boolean {
    try {
      contender(runId, machineOf(pid)).take(folder)
      return true
    } catch (error) {
      if (error instanceof Problem && error.code === 'lock-held') return false
      throw error
    }
  }

  test.each(scenes)('%s: exactly one wins, wherever the second cuts in', (_name, scene) => {
    let step = 0
    for (let k = 1; step >= k - 1; k++) {
      const folder = scene()
      step = 0
      let second: boolean | undefined
      const first = watching(
        () => {
          step += 1
          if (step === k) second = tries('b', 200, folder)
        },
        () => tries('a', 100, folder),
      )
      second ??= tries('b', 200, folder)
      expect(
        [first, second].filter(won => won),
        `b came before step ${k} of a`,
      ).toHaveLength(1)
      expect(owners(folder)).toEqual([first ? 'a.json' : 'b.json'])
      expect(readdirSync(folder).filter(name => name !== 'lock')).toEqual([])
    }
    expect(step).toBeGreaterThan(8)
  })

  test('one that comes while the other lets go either waits for another day or has it whole', () => {
    let step = 0
    for (let k = 1; step >= k - 1; k++) {
      const folder = stateFolder()
      const lock = contender('a', machineOf(100)).take(folder)
      step = 0
      let won: boolean | undefined
      watching(
        () => {
          step += 1
          if (step === k) won = tries('b', 200, folder)
        },
        () => lock.release(),
      )
      expect(won === true ? owners(folder) : readdirSync(folder)).toEqual(won === true ? ['b.json'] : [])
    }
    expect(step).toBeGreaterThan(1)
  })

  test('somebody who is always a step ahead ends the attempt', () => {
    const folder = stateFolder()
    let step = 0
    const problem = watching(
      name => {
        if (name !== 'renameSync') return
        // In turn there is a holder when the rename fails, and none when it is looked for.
        step += 1
        throw Object.assign(new Error('not empty'), { code: 'ENOTEMPTY' })
      },
      () => problemIn(() => contender('a', machineOf(100)).take(folder)),
    )
    expect(problem.code).toBe('lock-held')
    expect(step).toBe(20)
    expect(readdirSync(folder)).toEqual([])
  })
})
