/** What there was to take over for a target: counts, bytes and the first names of what was not taken. Reads names only. */

import { join } from 'node:path'
import { filesBelow } from '../../io/disk.ts'
import { stateFolder } from '../../model/layout.ts'
import type { Task } from '../../model/task.ts'
import type { Seen } from './seen.ts'
import type { Proof, Question, Wanted } from './wanted.ts'

interface Count {
  readonly files: number
  readonly bytes: number
}

/** With the first names, below the target. */
interface Named extends Count {
  readonly paths: readonly string[]
}

export interface Account {
  readonly target: string
  /** As it was named; undefined: the target's own folder. */
  readonly from: string | undefined
  readonly adopted: Count
  /** Of those. */
  readonly inPlace: number
  readonly missing: Named
  readonly different: Named
  /** Nothing of the target; left where they are. */
  readonly extra: Omit<Named, 'bytes'>
  readonly read: Count
  /** Files that were not read, because a record vouches for them. */
  readonly believed: number
  readonly proofs: readonly Proof['form'][]
  /** Results that were left to a build, because nothing proves them. */
  readonly left: readonly string[]
}

export interface Sighting {
  readonly wanted: Wanted
  readonly seen: Seen
}

/** More names than this are counted. */
const listed = 10

export function accountOf(
  { target, from, root, whole }: Pick<Account, 'target' | 'from'> & Pick<Question, 'root' | 'whole'>,
  sightings: readonly Sighting[],
  unproven: readonly Task[],
): Account {
  const adopted = { files: 0, bytes: 0 }
  const missing = { files: 0, bytes: 0, paths: [] as string[] }
  const different = { files: 0, bytes: 0, paths: [] as string[] }
  const read = { files: 0, bytes: 0 }
  const known = new Set<string>()
  let inPlace = 0
  let believed = 0
  for (const { wanted, seen } of sightings) {
    believed += seen.believed
    read.files += seen.read.files
    read.bytes += seen.read.bytes
    for (let k = 0; k < seen.files.count; k += 1) {
      const path = pathOf(wanted, seen, k)
      known.add(path)
      const bytes = seen.files.bytes(k)
      if (seen.isRight(k)) {
        adopted.files += 1
        adopted.bytes += bytes
        if (seen.isInPlace(k)) inPlace += 1
        continue
      }
      const count = seen.isMissing(k) ? missing : different
      count.files += 1
      count.bytes += bytes
      if (count.paths.length < listed) count.paths.push(path)
    }
  }
  const isAllKnown = unproven.every(({ gives }) => gives?.form === 'file')
  for (const { gives } of unproven) known.add(gives?.at.slice(target.length + 1) ?? '')
  // Another target may lie in this one.
  const others = whole.targets
    .filter(other => other.startsWith(`${target}/`))
    .map(other => `${other.slice(target.length + 1)}/`)
    .concat(`${stateFolder}/`)
  const isExtra = (path: string): boolean =>
    !known.has(path) && !others.some(folder => path.startsWith(folder))
  const extra = isAllKnown ? strangers(from ?? join(root, target), isExtra) : { files: 0, paths: [] }
  const proofs = [...new Set(sightings.map(({ wanted }) => wanted.proof.form))]
  const left = unproven.map(({ gives }) => gives?.at ?? '')
  return { target, from, adopted, inPlace, missing, different, extra, read, believed, proofs, left }
}

/** Below the target. */
function pathOf({ task: { gives, target } }: Wanted, { files }: Seen, k: number): string {
  const below = gives.at.slice(target.length + 1)
  if (gives.form === 'file') return below
  return below === '' ? files.path(k) : `${below}/${files.path(k)}`
}

function strangers(folder: string, isExtra: (path: string) => boolean): Account['extra'] {
  const paths: string[] = []
  let files = 0
  for (const path of filesBelow(folder)) {
    if (!isExtra(path)) continue
    files += 1
    if (paths.length < listed) paths.push(path)
  }
  return { files, paths }
}
