/** A plan as a page for people: what would be done, why, how many bytes from where, how much disk. Pure. */

import { more } from '../model/few.ts'
import type { Plan, Step } from '../model/plan.ts'
import { formatBytes, formatCount, plural } from '../model/units.ts'
import { padded } from './text.ts'
import { because, labelOf, nameOf } from './words.ts'

/** More steps than this are counted, not listed, unless all are asked for. */
const listed = 200

/** `freeDisk` in bytes. Ends with a line feed. */
export function planPage(plan: Plan, freeDisk: number): string {
  const steps = [...plan.steps.values()]
  const stale = steps.filter(({ verdict }) => verdict.state === 'stale')
  const unsettled = steps.filter(({ verdict }) => verdict.state === 'unsettled')
  const fresh = steps.length - stale.length - unsettled.length
  if (stale.length + unsettled.length === 0) return `Nothing to do: ${plural(fresh, 'task')} fresh.\n`
  const lines = [
    `${plural(stale.length, 'task')} to run${unsettled.length > 0 ? `, ${unsettled.length} to be judged on the way` : ''}, ${fresh} fresh.`,
    '',
    ...table(stale.slice(0, listed)),
    ...more(stale.length - listed).map(words => `  ${words}`),
    ...unsettled
      .slice(0, listed)
      .map(
        ({ task, verdict }) =>
          `  ${nameOf(task.id)}: after ${nameOf(verdict.state === 'unsettled' ? verdict.until : '')}`,
      ),
    ...more(unsettled.length - listed).map(words => `  ${words}`),
    '',
    ...totals(plan, freeDisk),
  ]
  return `${lines.join('\n')}\n`
}

function table(steps: readonly Step[]): readonly string[] {
  const rows = steps.map(step => [labelled(step), moves(step), reason(step)] as const)
  const width = (column: 0 | 1): number =>
    Math.min(
      56,
      rows.reduce((most, row) => Math.max(most, row[column].length), 0),
    )
  return rows.map(([name, bytes, why]) => `  ${padded(name, width(0))}  ${padded(bytes, width(1))}  ${why}`)
}

const labelled = ({ task: { id, kind, target } }: Step): string =>
  labelOf({ task: id, kind: kind.name, target })

const reason = ({ verdict }: Step): string => (verdict.state === 'stale' ? because(verdict.reason) : '')

function moves({ task, download, write, files, isGuess, mayFetchAll }: Step): string {
  if (task.outline.forecast.download)
    return download === undefined ? 'size unknown' : `${formatBytes(download)} ↓`
  if (task.gives === undefined) return 'check'
  const bytes = write === undefined ? 'size unknown' : `${formatBytes(write)}${orMore(isGuess)}`
  const all = files === undefined || files < 2 ? bytes : `${bytes}, ${formatCount(files)} files`
  return download === 0 || download === undefined
    ? all
    : `${all}, ${formatBytes(download)}${orMore(mayFetchAll)} ↓`
}

const orMore = (isGuess = false): string => (isGuess ? ' or more' : '')

/** ` in 1,234 files`; what the spec does not tell is not counted. */
function filesOf({ steps, totals: { files } }: Plan): string {
  const untold = [...steps.values()].some(({ task, files: own }) => task.gives?.lasting && own === undefined)
  if (files === 0) return ''
  return ` in ${plural(files, 'file')}${untold ? ' or more' : ''}`
}

const savedBy = ({ saved = 0 }: Plan['totals']): readonly string[] =>
  saved > 0 ? [`saved      about ${formatBytes(saved)} of archives, to which no annotation refers`] : []

function totals(plan: Plan, freeDisk: number): readonly string[] {
  const { totals: sums } = plan
  const most = formatBytes(sums.peakDisk)
  const peak =
    sums.unknown > 0
      ? `${most}, and what the files of unknown size need`
      : sums.guessed + sums.wholes > 0
        ? `${most} or more`
        : `${most} at most (${formatBytes(sums.leastDisk)} would do)`
  const hosts = Object.entries(sums.byHost).toSorted(([, a], [, b]) => b - a)
  const open = sums.unknown > 0 ? `, and ${plural(sums.unknown, 'file')} of unknown size` : ''
  return [
    `download   ${formatBytes(sums.download)}${orMore(sums.wholes > 0)}${open}`,
    ...hosts.map(
      ([host, bytes]) => `  ${padded(host, 32)} ${bytes > 0 ? formatBytes(bytes) : 'size unknown'}`,
    ),
    ...savedBy(sums),
    `write      ${formatBytes(sums.write)}${orMore(sums.guessed > 0)}${filesOf(plan)}`,
    `peak disk  ${peak}; ${formatBytes(freeDisk)} free`,
    ...(sums.leastDisk > freeDisk ? ['           not enough: this build would be refused'] : []),
  ]
}
