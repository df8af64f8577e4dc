/** `build status [TARGET…]`: fresh, stale or missing, per target, without the network. */

import { formatBytes, formatCount, plural } from '../model/units.ts'
import { padded } from '../report/text.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { tellExtras } from './extras.ts'
import { whileLooking } from './interrupt.ts'
import { statesOf, type TargetState } from './states.ts'
import { lookOnly } from './survey-plan.ts'

export const status = (desk: Desk): Promise<number> => whileLooking(signal => tell(desk, signal))

async function tell(desk: Desk, signal: AbortSignal): Promise<number> {
  const { console, command } = desk
  const { playground, known, plan } = await lookOnly(desk, signal)
  const states = statesOf(plan, known)
  console.result(statusPage(states))
  for (const state of states) console.object({ event: 'status', ...state })
  await tellExtras(desk, { ...playground, known, signal })
  const isWrong = command.options.exitCode && states.some(({ state }) => state !== 'fresh')
  const fresh = [...plan.steps.values()].filter(({ verdict }) => verdict.state === 'fresh').length
  return console.summary({ fresh, exitCode: isWrong ? exitCodes.failed : exitCodes.done })
}

function statusPage(states: readonly TargetState[]): string {
  const count = (state: TargetState['state']): string =>
    formatCount(states.filter(one => one.state === state).length)
  const summary = `${plural(states.length, 'target')}: ${count('fresh')} fresh, ${count('stale')} stale, ${count('missing')} missing.`
  return `${[...rows(states), summary].join('\n')}\n`
}

/** One line a target: `fresh    coco/train2017    118,287 files    19.3 GB`. */
export function rows(states: readonly TargetState[]): readonly string[] {
  const width = states.reduce((most, { target }) => Math.max(most, target.length), 0)
  return states.map(({ state, target, files, bytes, why }) =>
    [
      padded(state, 7),
      padded(target, width),
      padded(files === undefined ? '' : `${formatCount(files)} ${files === 1 ? 'file' : 'files'}`, 15),
      padded(bytes === undefined ? '' : formatBytes(bytes), 8),
      why ?? '',
    ]
      .join('  ')
      .trimEnd(),
  )
}
