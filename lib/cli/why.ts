/** `build why TARGET…`: each task of the target, its verdict, and the ingredient that changed. */

import type { Step } from '../model/plan.ts'
import { acceptedMark } from '../model/receipt.ts'
import type { TaskId } from '../model/task.ts'
import { verdictObject } from '../report/json.ts'
import { nameOf, wordsOf } from '../report/words.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { whileLooking } from './interrupt.ts'
import { stepsByTarget } from './states.ts'
import { lookOnly } from './survey-plan.ts'

export async function why(desk: Desk): Promise<number> {
  const { console } = desk
  const { plan, known } = await whileLooking(signal => lookOnly(desk, signal))
  const proofOf = (id: TaskId): Proof => {
    const { checked, [acceptedMark]: accepted } = known.receiptOf(id)?.remarks ?? {}
    return { ...(checked !== undefined && { checked }), ...(accepted !== undefined && { accepted }) }
  }
  for (const { task, verdict } of plan.steps.values())
    console.object({
      event: 'why',
      task: task.id,
      target: task.target,
      kind: task.kind.name,
      ...verdictObject(verdict),
      ...proofOf(task.id),
    })
  const pages = [...stepsByTarget(plan)].map(([target, steps]) => page(target, steps, proofOf))
  console.result(pages.join('\n'))
  return console.summary({ exitCode: exitCodes.done })
}

/**
 * What stands for a result beside the digest of what it was made from: what it was checked by, and when somebody accepted it
 * although another definition had made it.
 */
type Proof = Readonly<Partial<Record<'checked' | typeof acceptedMark, string | number>>>

function page(target: string, steps: readonly Step[], proofOf: (task: TaskId) => Proof): string {
  const lines = steps.map(({ task, verdict }) => {
    const proof = Object.entries(proofOf(task.id)).map(([word, by]) => `\n    ${word}: ${by}`)
    return `  ${nameOf(task.id)}\n    ${wordsOf(verdict)}${proof.join('')}`
  })
  return `${target}\n${lines.join('\n')}\n`
}
