/** What tasks placed that lasts, as lists of files. Knows no verdict. Pure. */

import type { Known } from '../knowledge.ts'
import type { PlacedFiles } from '../model/file-list.ts'
import type { Graph } from '../model/plan.ts'
import type { Artifact } from '../model/task.ts'

/** Of these targets, as far as it is recorded. */
export const lastingFiles = (
  graph: Graph,
  known: Known,
  targets: ReadonlySet<string>,
): readonly PlacedFiles[] =>
  [...graph.tasks.values()].flatMap(({ id, target, gives }) => {
    const manifest = gives?.lasting && targets.has(target) ? known.manifestOf(id) : undefined
    return gives && manifest ? [{ target, prefix: prefixOf(gives), manifest }] : []
  })

/** The manifest of a file names it by its base name. */
const prefixOf = ({ form, at }: Artifact): string =>
  form === 'tree' ? `${at}/` : at.slice(0, at.lastIndexOf('/') + 1)
