/** A lock taken, renewed, lost and released, and whose may be taken over. */

import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { Machine } from '../../lib/io/machine.ts'
import { problemIn } from '../rig/golden.ts'
import { watching } from './disk-steps.ts'
import { contender, date, fresh, lockOf, machineOf, minute, owners, second } from './lock-rig.ts'
import { contentsOf, stateFolder } from './samples.ts'

vi.mock('node:fs', async importOriginal => {
  const { watchable } = await import('./disk-steps.ts')
  return watchable(await importOriginal())
})

describe('a lock', () => {
  test('is one file in one folder, and leaves nothing when released', () => {
    const folder = stateFolder()
    const a = contender('a', machineOf(100))
    const lock = a.take(folder)
    expect(Object.keys(contentsOf(folder))).toEqual(['lock', 'lock/a.json'])
    lock.release()
    lock.release()
    expect(contentsOf(folder)).toEqual({})
    expect(a.stopped()).toBe(true)
  })

  test('refuses a second build, which leaves no trace', () => {
    const folder = stateFolder()
    contender('a', machineOf(100)).take(folder)
    const before = contentsOf(folder)
    expect(problemIn(() => contender('b', machineOf(200)).take(folder)).code).toBe('lock-held')
    expect(contentsOf(folder)).toEqual(before)
  })

  test('is renewed by the clock of the filesystem', () => {
    const folder = stateFolder()
    const a = contender('a', machineOf(100))
    a.take(folder)
    const file = join(folder, 'lock', 'a.json')
    const before = contentsOf(folder)
    date(file, 0)
    const dated = statSync(file).mtimeMs
    a.renew()
    expect(statSync(file).mtimeMs).not.toBe(dated)
    expect(contentsOf(folder)).toEqual(before)
    expect(a.lost).toEqual([])
  })

  test('that could not be renewed for another reason is not lost', () => {
    const folder = stateFolder()
    const a = contender('a', machineOf(100))
    a.take(folder)
    const stale = Object.assign(new Error('stale file handle'), { code: 'ESTALE' })
    watching(
      step => {
        if (step === 'writeFileSync') throw stale
      },
      () => a.renew(),
    )
    expect([a.lost, a.stopped()]).toEqual([[], false])
  })

  test('that somebody took over is lost once, and release leaves the new one alone', () => {
    const folder = lockOf(machineOf(100, { host: 'gpu-99' }), fresh)
    const a = contender('a', machineOf(100))
    rmSync(join(folder, 'lock'), { recursive: true })
    const lock = a.take(folder)
    date(join(folder, 'lock', 'a.json'), 5 * minute)
    contender('b', machineOf(200, { host: 'gpu-18' })).take(folder)
    a.renew()
    expect(a.lost.map(({ code }) => code)).toEqual(['lock-held'])
    expect(a.stopped()).toBe(true)
    lock.release()
    expect(owners(folder)).toEqual(['b.json'])
  })

  test('the preparations of killed builds go with the next lock', () => {
    const folder = stateFolder()
    mkdirSync(join(folder, 'lock.killed'), { recursive: true })
    writeFileSync(join(folder, 'lock.killed', 'killed.json.0123abcd.tmp'), '')
    contender('a', machineOf(100)).take(folder)
    expect(readdirSync(folder)).toEqual(['lock'])
  })

  test('an error that is not about the lock is not taken for one', () => {
    const folder = stateFolder()
    const readOnly = Object.assign(new Error('read-only'), { code: 'EROFS' })
    const take = (): unknown =>
      watching(
        step => {
          if (step === 'renameSync') throw readOnly
        },
        () => contender('a', machineOf(100)).take(folder),
      )
    expect(take).toThrow(readOnly)
  })
})

describe('who may be taken over', () => {
  const other = { host: 'gpu-18' }
  const container = { pidNamespace: 'pid:[2]' }
  test.each<[string, Machine, { taken: number; renewed: number }, 'held' | 'taken over']>([
    ['a living process', machineOf(100), fresh, 'held'],
    [
      'a living one that was not renewed for hours',
      machineOf(100),
      { taken: 0, renewed: 300 * minute },
      'held',
    ],
    ['a dead process', machineOf(999), fresh, 'taken over'],
    ['a dead one whose pid another has now', machineOf(100, { startOf: () => '4999' }), fresh, 'taken over'],
    ['one whose start nobody could tell', machineOf(100, { startOf: () => '' }), fresh, 'held'],
    ['one from before the machine was started', machineOf(100, { boot: 'zeroth' }), fresh, 'taken over'],
    ['one on another host', machineOf(999, other), { taken: 0, renewed: 5 * minute - 1 }, 'held'],
    ['a silent one on another host', machineOf(100, other), { taken: 0, renewed: 5 * minute }, 'taken over'],
    ['one in another container', machineOf(999, container), { taken: 0, renewed: 5 * minute - 1 }, 'held'],
    ['a silent one there', machineOf(100, container), { taken: 0, renewed: 5 * minute }, 'taken over'],
  ])('%s: %s', (_name, machine, ages, expected) => {
    const folder = lockOf(machine, ages)
    const b = contender('b', machineOf(200))
    if (expected === 'held') {
      expect(problemIn(() => b.take(folder)).code).toBe('lock-held')
      expect(owners(folder)).toEqual(['their-run.json'])
    } else {
      b.take(folder)
      expect(owners(folder)).toEqual(['b.json'])
    }
  })

  test.each([
    ['garbage', '{"host":"gpu'],
    ['no owner', '{"host":1}'],
    ['nothing at all', ''],
  ])('an owner that cannot be read (%s) after ten seconds', (_name, text) => {
    const folder = stateFolder()
    const path = join(folder, 'lock', 'x.json')
    mkdirSync(join(folder, 'lock'), { recursive: true })
    writeFileSync(path, text)
    date(path, 10 * second - 1)
    expect(problemIn(() => contender('a', machineOf(100)).take(folder)).code).toBe('lock-held')
    date(path, 10 * second)
    contender('a', machineOf(100)).take(folder)
    expect(owners(folder)).toEqual(['a.json'])
  })

  test('an empty folder is nobody', () => {
    const folder = stateFolder()
    mkdirSync(join(folder, 'lock'), { recursive: true })
    contender('a', machineOf(100)).take(folder)
    expect(owners(folder)).toEqual(['a.json'])
  })
})
