/** Refuses to place files that another source of the target gives otherwise. Knows records; touches no file. */

import { basename, join } from 'node:path'
import { comesBefore } from '../graph/order.ts'
import { type ColumnarManifest, unknownDigest } from '../model/manifest.ts'
import { type Branch, type Meeting, meetings } from '../model/meeting.ts'
import { Problem } from '../model/problem.ts'
import type { Artifact, Task } from '../model/task.ts'
import { shortDigest } from '../model/units.ts'
import type { Run } from './context.ts'
import { type Lasting, siblingsOf } from './owners.ts'

/** Two tasks may give one file only if it is the same file. Throws `place-clash`. */
export function refuseClashes(run: Run, task: Lasting, contents: ColumnarManifest): void {
  const ours = branchOf(task.gives, contents)
  for (const sibling of siblingsOf(run, task)) {
    const manifest = run.known.manifestOf(sibling.id)
    if (manifest === undefined) continue
    const theirs = branchOf(sibling.gives, manifest)
    for (const meeting of meetings(ours, theirs))
      if (isClash(meeting, ours, theirs))
        throw placeClash(meeting, { task, ...ours }, { task: sibling, ...theirs })
  }
}

export const branchOf = (gives: Artifact, manifest: ColumnarManifest): Branch => ({
  folder: folderOf(gives),
  manifest,
})

/** What the paths of its manifest are relative to: a file is named there as in its folder. */
export const folderOf = ({ form, at }: Artifact): string =>
  form === 'tree' ? at : at.slice(0, -basename(at).length - 1)

/** What is wanted but was never here is in nobody's way. */
function isClash({ form, ours, theirs }: Meeting, a: Branch, b: Branch): boolean {
  const [one, other] = [a.manifest.sha256(ours), b.manifest.sha256(theirs)]
  return one !== unknownDigest && other !== unknownDigest && (form === 'file-and-folder' || one !== other)
}

type Giver = Branch & { readonly task: Task }

/** The order of the spec says who is in the way, whoever was here first; the disk says that. */
function placeClash({ form, ours, theirs }: Meeting, here: Giver, there: Giver): Problem {
  const [mine, other] = [
    { ...here, i: ours },
    { ...there, i: theirs },
  ]
  const isFirst = comesBefore(here.task, there.task)
  const [first, second] = isFirst ? [mine, other] : [other, mine]
  const path = ({ folder, manifest, i }: Giver & { readonly i: number }): string =>
    join(folder, manifest.path(i))
  const shown = (giver: Giver & { readonly i: number }): string =>
    form === 'path' ? `sha256 ${shortDigest(giver.manifest.sha256(giver.i))}` : path(giver)
  const [refused, kept] = isFirst ? ['first', 'second'] : ['second', 'first']
  return new Problem({
    code: 'place-clash',
    place: second.task.place,
    message:
      form === 'path'
        ? `Two sources give different files for ${path(first)}.`
        : `Two sources cannot lie together: one has a file where the other has a folder.`,
    evidence: [
      { label: 'first', text: shown(first), from: first.task.place },
      { label: 'second', text: shown(second), from: second.task.place },
    ],
    disk: `Nothing of the ${refused} was placed; what the ${kept} gave stays as it is.`,
    next: 'give one of the sources another directory (`into`), or remove one of them.',
  })
}
