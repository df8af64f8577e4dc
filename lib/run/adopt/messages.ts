/** What is told where nothing could be taken over. Pure but for a look at what lies there. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow } from '../../io/disk.ts'
import { type DiagnosticDraft, Problem } from '../../model/problem.ts'
import type { Task } from '../../model/task.ts'
import { formatCount, plural } from '../../model/units.ts'
import type { Account } from './account.ts'
import type { Answer } from './wanted.ts'

const disk = 'Nothing was taken over; the files are as they were.'

interface Whereabouts {
  readonly target: string
  readonly root: string
  readonly from: string | undefined
}

/** Why directories could not be read stands before it. */
export function noProof(
  { unproven, isCounted, failures }: Answer,
  { target, root, from }: Whereabouts,
): Problem {
  const [task] = unproven
  const found = [...filesBelow(from ?? join(root, target))].length
  const { wanted, next } = lackingFor(task, target, isCounted)
  const last: DiagnosticDraft = {
    code: 'no-proof',
    subject: target,
    ...(task && { place: task.place }),
    message: `Nothing tells whether the files are those of ${target}.`,
    evidence: [
      { label: 'wanted', text: wanted },
      { label: 'found', text: plural(found, 'file') },
    ],
    disk,
    next,
  }
  const [first, ...others] = [...failures, last]
  return new Problem(first, ...others)
}

/** What would prove it, and how to get on. */
function lackingFor(
  task: Task | undefined,
  target: string,
  isCounted: boolean,
): { readonly wanted: string; readonly next: string } {
  if (task?.gives?.form !== 'tree')
    return {
      wanted: 'the SHA-256 of the file',
      next: 'npx tsx build lock: it asks the host for the digest.',
    }
  const build = `npx tsx build ${target}`
  if (!isCounted)
    return {
      wanted: 'the record of another playground, or the directory of an archive that tells their bytes',
      next: build,
    }
  const { files } = task.outline.forecast
  return files === undefined
    ? {
        wanted: 'the directory of its archive, or the number of its files',
        next: 'write their number into the spec (`expect: { files: N }`): then it is held against that.',
      }
    : { wanted: `the directory of its archive, or ${formatCount(files)} files`, next: build }
}

export function nothingAdopted({ target, from, missing, different }: Account, root: string): Problem {
  const folder = from ?? join(root, target)
  const [found] = filesBelow(folder)
  const first = different.paths[0] ?? missing.paths[0]
  const below = first && likely(folder, target, first)
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

/** A folder below that has the file, called as the target is, or by the end of its name. */
function likely(folder: string, target: string, path: string): string | undefined {
  const ends = target.split('/').map((_, i, names) => names.slice(-1 - i).join('/'))
  return ends.map(name => join(folder, name)).find(place => existsSync(join(place, path)))
}
