/** `build why TARGET…`: each task of the target, its verdict, and the ingredient that changed. */

import type { Step } from '../model/plan.ts'
import { verdictObject } from '../report/json.ts'
import { nameOf, wordsOf } from '../report/words.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { lookOnly } from './survey-plan.ts'

export async function why(desk: Desk): Promise<number> {
  const { console } = desk
  const { plan } = await lookOnly(desk)
  const steps = [...plan.steps.values()]
  for (const { task, verdict } of steps)
    console.object({
      event: 'why',
      task: task.id,
      target: task.target,
      kind: task.kind.name,
      ...verdictObject(verdict),
    })
  const pages = plan.graph.targets.map(target =>
    page(
      target,
      steps.filter(({ task }) => task.targets.includes(target)),
    ),
  )
  console.result(pages.join('\n'))
  return console.summary({ exitCode: exitCodes.done })
}

function page(target: string, steps: readonly Step[]): string {
  const lines = steps.map(({ task, verdict }) => `  ${nameOf(task.id)}\n    ${wordsOf(verdict)}`)
  return `${target}\n${lines.join('\n')}\n`
}
