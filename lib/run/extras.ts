/** Tells of files in targets that no record names. They are left alone: removing them is `prune --extra`'s business. */

import type { Known } from '../knowledge.ts'
import { fewOf } from '../model/few.ts'
import { Places } from '../model/places.ts'
import type { Graph } from '../model/plan.ts'
import type { Diagnostic } from '../model/problem.ts'
import type { Artifact } from '../model/task.ts'
import { plural } from '../model/units.ts'
import type { Survey } from '../model/verdict.ts'
import { livingPlaces, vanishedPlaces, vanishedTasks } from './prune/vanished.ts'
import { Removal } from './removal.ts'
import { type Strangers, strangersIn } from './strangers.ts'

export interface ExtrasGround {
  readonly root: string
  /** Everything that the spec names. */
  readonly whole: Graph
  /** Whose targets are looked into. */
  readonly graph: Graph
  readonly known: Known
  readonly signal: AbortSignal
}

export interface Extras {
  /** Of targets that hold any. */
  readonly strangers: readonly Strangers[]
  /** Folders without any, and when they last changed (ctimeMs). */
  readonly quiet: ReadonlyMap<string, number>
}

/** `quiet`: folders that held nothing strange when they were last changed. */
export async function extrasOf(
  { root, whole, graph, known, signal }: ExtrasGround,
  quiet: ReadonlyMap<string, number>,
): Promise<Extras> {
  const { receipts } = known
  const vanished = vanishedPlaces(receipts, vanishedTasks(receipts, whole))
  const damaged = new Places(
    [...whole.tasks.values()].flatMap(({ id, gives }) =>
      gives?.lasting && known.surveyOf(id).state !== 'intact'
        ? [{ ...gives, survey: known.surveyOf(id) }]
        : [],
    ),
  )
  const found = new Map<string, number>()
  const world = {
    removal: new Removal(root, false),
    places: [livingPlaces(receipts, whole, (task, result) => known.manifestIn(task, result)), vanished],
    targets: new Places(whole.targets.map(at => ({ at }))),
    signal,
    lacking: (target: string) =>
      vanished.meeting(target).length > 0 ? undefined : lackingOf(damaged.meeting(target)),
    quiet,
    onQuiet: (folder: string, ctimeMs: number) => found.set(folder, ctimeMs),
  }
  const strangers: Strangers[] = []
  for (const target of graph.targets) {
    const some = await strangersIn(target, world)
    if (some.files > 0) strangers.push(some)
  }
  return { strangers, quiet: found }
}

/** Undefined where not all of it is listed, or something else lies in the place of a file: a folder may, with files in it. */
function lackingOf(
  damaged: readonly (Artifact & { readonly survey: Survey })[],
): readonly string[] | undefined {
  const paths: string[] = []
  for (const { at, form, survey } of damaged) {
    if (survey.state !== 'damaged' || survey.editedCount > 0 || survey.missing.length < survey.missingCount)
      return undefined
    for (const path of survey.missing) paths.push(form === 'file' ? at : `${at}/${path}`)
  }
  return paths
}

/** What is said of one target. */
export const extraFiles = ({ target, files, examples }: Strangers): Diagnostic => ({
  severity: 'note',
  code: 'extra-files',
  subject: target,
  message: `${plural(files, 'file')} here ${files === 1 ? 'is' : 'are'} named by no record.`,
  evidence: [{ label: 'found', text: fewOf(examples, examples.length, files) }],
  disk: 'Left alone.',
  next: 'npx tsx build prune --extra lists such files; with --yes it removes them.',
})
