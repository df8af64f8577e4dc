/** What is told where nothing could be taken over. Pure but for a look at what lies there. */

import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { filesBelow } from '../../io/disk.ts'
import { type DiagnosticDraft, Problem } from '../../model/problem.ts'
import { formatCount, plural } from '../../model/units.ts'
import type { Account, Sighting } from './account.ts'
import type { Answer } from './wanted.ts'

const disk = 'Nothing was taken over; the files are as they were.'

interface Whereabouts {
  readonly target: string
  readonly root: string
  readonly from: string | undefined
}

/** Why directories could not be read stands before it. */
export function noProof({ unproven, failures }: Answer, { target, root, from }: Whereabouts): Problem {
  const [task] = unproven
  const wanted = task?.outline.forecast.files
  const found = [...filesBelow(from ?? join(root, target))].length
  const isTree = task?.gives?.form === 'tree'
  const last: DiagnosticDraft = {
    code: 'no-proof',
    subject: target,
    ...(task && { place: task.place }),
    message: `Nothing tells whether the files are those of ${target}.`,
    evidence: [
      {
        label: 'wanted',
        text: isTree
          ? wanted === undefined
            ? 'the directory of its archive, or the number of its files'
            : `the directory of its archive, or ${formatCount(wanted)} files`
          : 'the SHA-256 of the file',
      },
      { label: 'found', text: plural(found, 'file') },
    ],
    disk,
    next: isTree
      ? wanted === undefined
        ? 'write their number into the spec (`expect: { files: N }`): then it is held against that.'
        : `npx tsx build ${target}`
      : 'npx tsx build lock: it asks the host for the digest.',
  }
  const [first, ...others] = [...failures, last]
  return new Problem(first, ...others)
}

export function nothingAdopted(
  { target, from, missing, different }: Account,
  sightings: readonly Sighting[],
  root: string,
): Problem {
  const folder = from ?? join(root, target)
  const [found] = filesBelow(folder)
  const first = different.paths[0] ?? missing.paths[0]
  const below = likely(folder, target, sightings)
  return new Problem({
    code: 'nothing-adopted',
    subject: target,
    message:
      different.files > 0
        ? `None of the files has the bytes of those of ${target}.`
        : `None of the files of ${target} lies there.`,
    evidence: [
      { label: 'wanted', text: `${plural(missing.files + different.files, 'file')}, such as ${first}` },
      {
        label: 'found',
        text: found === undefined ? `no file below ${folder}` : `${found} and others below ${folder}`,
      },
    ],
    disk,
    next:
      below === undefined
        ? `name the folder that holds ${first}.`
        : `npx tsx build adopt ${target} --from ${below}`,
  })
}

/** A folder below or above in which the first file lies. */
function likely(folder: string, target: string, sightings: readonly Sighting[]): string | undefined {
  const path = sightings[0]?.seen.files.path(0)
  if (path === undefined) return undefined
  const names = [basename(target), ...target.split('/').map((_, i, all) => all.slice(i).join('/'))]
  return names.map(name => join(folder, name)).find(place => existsSync(join(place, path)))
}
