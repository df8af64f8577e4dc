/** Bare `build`: every group and target, its state, its size; nothing is built. */

import { formatBytes, plural } from '../model/units.ts'
import { padded } from '../report/text.ts'
import { targetsOf } from '../spec/targets.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { whileLooking } from './interrupt.ts'
import { statesOf, type TargetState } from './states.ts'
import { rows } from './status.ts'
import { lookOnly } from './survey-plan.ts'

export async function overview(desk: Desk): Promise<number> {
  const { console } = desk
  const { playground, known, plan } = await whileLooking(signal => lookOnly(desk, signal))
  const states = statesOf(plan, known)
  const groups = Object.keys(playground.spec.groups).map(group => {
    const members = new Set(targetsOf(playground.spec, group))
    return { group, ...sumOf(states.filter(({ target }) => members.has(target))) }
  })
  const width = groups.reduce((most, { group }) => Math.max(most, group.length), 0)
  const page = [
    `${playground.spec.file} → ${playground.root}`,
    '',
    ...(groups.length > 0 ? ['Groups', ...groups.map(group => groupRow(group, width)), ''] : []),
    'Targets',
    ...rows(states).map(row => `  ${row}`),
    '',
    'npx tsx build NAME builds one of them; --dry-run says what that would be; --help has the rest.',
  ]
  console.result(`${page.join('\n')}\n`)
  for (const group of groups) console.object({ event: 'group', ...group })
  for (const state of states) console.object({ event: 'status', ...state })
  return console.summary({ exitCode: exitCodes.done })
}

interface GroupSum {
  readonly targets: number
  readonly fresh: number
  readonly bytes: number | undefined
}

const sumOf = (states: readonly TargetState[]): GroupSum => ({
  targets: states.length,
  fresh: states.filter(({ state }) => state === 'fresh').length,
  bytes: states.reduce<number | undefined>(
    (sum, { bytes }) => (sum === undefined || bytes === undefined ? undefined : sum + bytes),
    0,
  ),
})

const groupRow = (
  { group, targets, fresh, bytes }: GroupSum & { readonly group: string },
  width: number,
): string =>
  `  ${padded(group, width)}  ${plural(targets, 'target')}, ${fresh} fresh${bytes === undefined ? '' : `, ${formatBytes(bytes)}`}`
