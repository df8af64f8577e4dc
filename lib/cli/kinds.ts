/** The task kinds as other rooms want them. */

import type { SourceForm } from '../model/source-form.ts'
import type { TaskKind } from '../model/task.ts'

export const kindsByName = (kinds: readonly TaskKind[]): ReadonlyMap<string, TaskKind> =>
  new Map(kinds.map(kind => [kind.name, kind]))

export const formsOf = (kinds: readonly TaskKind[]): readonly SourceForm<unknown>[] =>
  kinds.flatMap(kind => (kind.source ? [kind.source] : []))
