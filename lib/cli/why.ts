/** `build why TARGET…`: each task of the target, its verdict, and the ingredient that changed. */

import type { Step } from '../model/plan.ts'
import type { TaskId } from '../model/task.ts'
import { verdictObject } from '../report/json.ts'
import { nameOf, wordsOf } from '../report/words.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { lookOnly } from './survey-plan.ts'

export async function why(desk: Desk): Promise<number> {
  const { console } = desk
  const { plan, known } = await lookOnly(desk)
  const checkedBy = (id: TaskId): string | undefined => known.receiptOf(id)?.remarks['checked']?.toString()
  const steps = [...plan.steps.values()]
  for (const { task, verdict } of steps)
    console.object({
      event: 'why',
      task: task.id,
      target: task.target,
      kind: task.kind.name,
      ...verdictObject(verdict),
      ...(checkedBy(task.id) !== undefined && { checked: checkedBy(task.id) }),
    })
  const pages = plan.graph.targets.map(target =>
    page(
      target,
      steps.filter(({ task }) => task.targets.includes(target)),
      checkedBy,
    ),
  )
  console.result(pages.join('\n'))
  return console.summary({ exitCode: exitCodes.done })
}

/** `checkedBy`: what proved a result, where it was not the digest of what it was made from. */
function page(
  target: string,
  steps: readonly Step[],
  checkedBy: (task: TaskId) => string | undefined,
): string {
  const lines = steps.map(({ task, verdict }) => {
    const checked = checkedBy(task.id)
    return `  ${nameOf(task.id)}\n    ${wordsOf(verdict)}${checked === undefined ? '' : `\n    checked: ${checked}`}`
  })
  return `${target}\n${lines.join('\n')}\n`
}
