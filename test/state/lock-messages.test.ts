/** What a user reads when another build holds the lock, or has taken it away. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Problem } from '../../lib/model/problem.ts'
import { drawDiagnostic } from '../../lib/report/draw.ts'
import { problemIn } from '../rig/golden.ts'
import { contender, date, lockOf, machineOf, minute, second } from './lock-rig.ts'
import { stateFolder } from './samples.ts'

describe('lock-held says', () => {
  const golden = (name: string): string => `../goldens/state/lock-held.${name}.txt`
  const drawn = (problem: Problem): string => `${drawDiagnostic(problem.diagnostics[0] as never)}\n`
  const refused = (folder: string): string =>
    drawn(problemIn(() => contender('b', machineOf(200)).take(folder)))

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
