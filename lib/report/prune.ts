/** What a prune removed, or would, as text for people. Pure. */

import { fewOf, more } from '../model/few.ts'
import { formatBytes, plural } from '../model/units.ts'
import type { Pruned } from '../run/prune.ts'
import type { Strangers } from '../run/strangers.ts'
import { padded } from './text.ts'

export interface PrunedAll {
  readonly tasks: readonly Pruned[]
  /** In the state folder, of no task that is known. */
  readonly orphans: Pick<Pruned, 'files' | 'bytes'>
  /** Undefined where nobody asked for them. */
  readonly strangers: readonly Strangers[] | undefined
}

interface Deed {
  readonly isMeant: boolean
  /** What does it, where it was only listed. */
  readonly command: string
}

export const isEmpty = ({ tasks, orphans, strangers = [] }: PrunedAll): boolean =>
  tasks.every(({ unbuilt }) => unbuilt !== undefined) &&
  orphans.files === 0 &&
  strangers.every(({ files }) => files === 0)

export function prunePage(all: PrunedAll, { isMeant, command }: Deed): string {
  const settled = all.tasks.filter(({ unbuilt }) => unbuilt === undefined)
  const lines = [
    ...titled(`The spec does not name any more:`, rowsByTarget(settled)),
    ...titled('Kept for no task of the spec:', orphanRows(all)),
    ...titled('In targets, and in no record:', strangerRows(all)),
    ...titled('Left, because it was edited since, or lies behind a link:', leftRows(settled)),
    ...titled('Left until what has its place now is built:', unbuiltRows(all)),
    ...titled('Not looked into:', unknownRows(all)),
    closing(all, settled, isMeant),
  ]
  if (isMeant || isEmpty(all)) return `${lines.join('\n')}\n`
  const others =
    settled.length > 0
      ? [
          'If another spec builds into this root as well, what it built is among these: name targets to narrow.',
        ]
      : []
  return `${[...lines, ...others, `Nothing was removed. To remove it: ${command}`].join('\n')}\n`
}

const titled = (title: string, rows: readonly string[]): readonly string[] =>
  rows.length === 0 ? [] : [title, ...rows.map(row => `  ${row}`)]

function closing(all: PrunedAll, settled: readonly Pruned[], isMeant: boolean): string {
  if (isEmpty(all)) return 'Nothing to remove.'
  const parts = [...settled, all.orphans, ...(all.strangers ?? [])]
  const files = parts.reduce((sum, part) => sum + part.files, 0)
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  const records = settled.length === 0 ? '' : `; ${plural(settled.length, 'record')} forgotten`
  return `${isMeant ? 'Removed' : 'Would remove'} ${plural(files, 'file')} (${formatBytes(bytes)})${records}.`
}

interface OfTarget {
  files: number
  bytes: number
  readonly kinds: Set<string>
  finished: string
}

/** One line a target: what it was made by, and when that was. */
function rowsByTarget(tasks: readonly Pruned[]): readonly string[] {
  const found = new Map<string, OfTarget>()
  for (const { targets, kind, files, bytes, finished = '' } of tasks) {
    const name = targets.join(', ')
    const sum = found.get(name) ?? { files: 0, bytes: 0, kinds: new Set<string>(), finished: '' }
    sum.files += files
    sum.bytes += bytes
    sum.kinds.add(kind)
    if (finished > sum.finished) sum.finished = finished
    found.set(name, sum)
  }
  const width = [...found.keys()].reduce((most, name) => Math.max(most, name.length), 0)
  return [...found].map(([name, { files, bytes, kinds, finished }]) => {
    const built = finished === '' ? 'never finished' : `built ${finished.slice(0, 10)}`
    return `${padded(name, width)}  ${amount(files, bytes)}  ${[...kinds].join(', ')}; ${built}`
  })
}

const amount = (files: number, bytes: number): string =>
  `${padded(plural(files, 'file'), 14)}  ${padded(formatBytes(bytes), 8)}`

const orphanRows = ({ orphans: { files, bytes } }: PrunedAll): readonly string[] =>
  files === 0 ? [] : [`${amount(files, bytes)}  archives and partial downloads`]

const strangerRows = ({ strangers = [] }: PrunedAll): readonly string[] =>
  strangers
    .filter(({ files }) => files > 0)
    .map(
      ({ target, files, bytes, examples }) =>
        `${padded(target, 20)}  ${amount(files, bytes)}  ${fewOf(examples, examples.length, files)}`,
    )

const mostLeft = 20

function leftRows(tasks: readonly Pruned[]): readonly string[] {
  const count = tasks.reduce((sum, { leftCount }) => sum + leftCount, 0)
  const paths = tasks.flatMap(({ left }) => left).slice(0, mostLeft)
  return [...paths, ...more(count - paths.length)]
}

const unbuiltRows = ({ tasks }: PrunedAll): readonly string[] => [
  ...new Set(
    tasks.flatMap(({ targets, unbuilt }) =>
      unbuilt === undefined ? [] : [`${targets.join(', ')} (${unbuilt} is not built yet)`],
    ),
  ),
]

const unknownRows = ({ strangers = [] }: PrunedAll): readonly string[] =>
  strangers.flatMap(({ target, unknown }) => {
    switch (unknown) {
      case 'unbuilt':
        return [`${target} (build it first: what belongs there is not recorded yet)`]
      case 'link':
        return [`${target} (it is a link, or lies behind one)`]
      case undefined:
        return []
    }
  })
