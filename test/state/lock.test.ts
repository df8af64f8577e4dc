import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { Machine } from '../../lib/io/machine.ts'
import { type Lock, takeLock } from '../../lib/lock.ts'
import { Problem } from '../../lib/model/problem.ts'
import { drawDiagnostic } from '../../lib/report/draw.ts'
import { watching } from './disk-steps.ts'
import { contentsOf, stateFolder } from './samples.ts'

vi.mock('node:fs', async importOriginal => {
  const { watchable } = await import('./disk-steps.ts')
  return watchable(await importOriginal())
})

/** Processes that live on every machine of these tests, with their start times. */
const alive = new Map([
  [100, '5000'],
  [200, '6000'],
  [300, '7000'],
])

const machineOf = (pid: number, rest: Partial<Machine> = {}): Machine => ({
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
const second = 1000
const minute = 60 * second

interface Contender {
  readonly runId: string
  readonly machine: Machine
  readonly lost: Problem[]
  /** What a timer would call. */
  renew(): void
  readonly stopped: () => boolean
}

function contender(runId: string, machine: Machine): Contender & { take(folder: string): Lock } {
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

function refusal(act: () => unknown): Problem {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('the lock was not refused')
}

/** A lock as another process left it, taken and last renewed so long ago. */
function lockOf(machine: Machine, ages: { readonly taken: number; readonly renewed: number }): string {
  const folder = stateFolder()
  contender('their-run', machine).take(folder)
  date(join(folder, 'lock', 'their-run.json'), ages.renewed)
  date(join(folder, 'lock'), ages.taken)
  return folder
}

const date = (path: string, ageMs: number): void =>
  utimesSync(path, (now - ageMs) / 1000, (now - ageMs) / 1000)
const owners = (folder: string): readonly string[] => readdirSync(join(folder, 'lock'))
const fresh = { taken: 2 * second, renewed: second }

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
    expect(refusal(() => contender('b', machineOf(200)).take(folder)).code).toBe('lock-held')
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
      expect(refusal(() => b.take(folder)).code).toBe('lock-held')
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
    expect(refusal(() => contender('a', machineOf(100)).take(folder)).code).toBe('lock-held')
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
      () => refusal(() => contender('a', machineOf(100)).take(folder)),
    )
    expect(problem.code).toBe('lock-held')
    expect(step).toBe(20)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('lock-held says', () => {
  const golden = (name: string): string => `../goldens/state/lock-held.${name}.txt`
  const drawn = (problem: Problem): string => `${drawDiagnostic(problem.diagnostics[0] as never)}\n`
  const refused = (folder: string): string =>
    drawn(refusal(() => contender('b', machineOf(200)).take(folder)))

  test('who holds it on this machine', async () => {
    const folder = lockOf(machineOf(100), { taken: 200 * second, renewed: 12 * second })
    await expect(refused(folder)).toMatchFileSnapshot(golden('here'))
  })

  test('who holds it elsewhere', async () => {
    const elsewhere = machineOf(4711, { host: 'gpu-18', slurmJob: '99' })
    const folder = lockOf(elsewhere, { taken: 130 * minute, renewed: 24 * second })
    await expect(refused(folder)).toMatchFileSnapshot(golden('elsewhere'))
  })

  test('that nobody knows who', async () => {
    const folder = lockOf(machineOf(100), { taken: 3 * second, renewed: 3 * second })
    const path = join(folder, 'lock', 'their-run.json')
    writeFileSync(path, '')
    date(path, 3 * second)
    await expect(refused(folder)).toMatchFileSnapshot(golden('unreadable'))
  })

  test('who took it away', async () => {
    const folder = stateFolder()
    const a = contender('a', machineOf(100))
    a.take(folder)
    date(join(folder, 'lock', 'a.json'), 5 * minute)
    contender('b', machineOf(200, { host: 'gpu-18' })).take(folder)
    a.renew()
    await expect(drawn(a.lost[0] as Problem)).toMatchFileSnapshot(golden('lost'))
  })

  test('that it was removed', async () => {
    const folder = stateFolder()
    const a = contender('a', machineOf(100))
    a.take(folder)
    rmSync(join(folder, 'lock'), { recursive: true })
    a.renew()
    await expect(drawn(a.lost[0] as Problem)).toMatchFileSnapshot(golden('removed'))
  })
})
