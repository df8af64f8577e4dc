/** `--locked`: the graph in which nobody reads parts of an archive whose directory the lock file does not pin. Pure. */

import { graphFrom } from '../graph.ts'
import type { Graph } from '../model/plan.ts'
import type { Task } from '../model/task.ts'

export const withoutLoosePieces = ({ tasks, targets }: Graph): Graph =>
  graphFrom([...tasks.values()].map(strict), targets)

function strict(task: Task): Task {
  const { pieces, ...outline } = task.outline
  return pieces?.isPinned === false ? { ...task, outline } : task
}
