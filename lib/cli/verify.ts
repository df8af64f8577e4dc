/** `build verify [TARGET…]`: reads every byte against the record, and holds annotations against the tree. */

import { join } from 'node:path'
import type { Diagnostic } from '../model/problem.ts'
import type { Task } from '../model/task.ts'
import { formatBytes, formatSeconds, plural } from '../model/units.ts'
import type { Survey } from '../model/verdict.ts'
import { nameOf } from '../report/words.ts'
import { exitCodes } from './exit.ts'
import type { Desk } from './main.ts'
import { openPlayground, survey } from './playground.ts'

export async function verify({ command, kinds, console }: Desk): Promise<number> {
  const began = performance.now()
  const playground = await openPlayground(command, kinds)
  const known = await survey(playground, { tier: 'hash' })
  for (const diagnostic of known.receipts.problems) console.report({ event: 'diagnostic', diagnostic })
  const sums = { whole: 0, unbuilt: 0, files: 0, bytes: 0 }
  let wrong = 0
  for (const task of playground.graph.tasks.values()) {
    if (task.gives?.lasting !== true) continue
    const receipt = known.receiptOf(task.id)
    const found = receipt ? damageOf(task, known.surveyOf(task.id)) : notBuilt(task)
    const audited = receipt && !found ? await audit(task, playground.root) : []
    for (const diagnostic of [...(found ? [found] : []), ...audited]) {
      console.report({ event: 'diagnostic', diagnostic })
      if (diagnostic.severity === 'error') wrong += 1
    }
    sums[receipt ? 'whole' : 'unbuilt'] += 1
    sums.files += receipt?.files ?? 0
    sums.bytes += receipt?.bytes ?? 0
  }
  const seconds = (performance.now() - began) / 1000
  const word = wrong === 0 ? 'Verified' : `${plural(wrong, 'thing')} wrong`
  console.result(
    `${word}: every byte of ${plural(sums.files, 'file')} (${formatBytes(sums.bytes)}) read in ${formatSeconds(seconds)}.\n`,
  )
  return console.summary({
    failed: wrong,
    seconds,
    exitCode: wrong === 0 ? exitCodes.done : exitCodes.failed,
  })
}

async function audit(task: Task, root: string): Promise<readonly Diagnostic[]> {
  const path = join(root, task.gives?.at ?? '')
  return (await task.kind.audit?.(task.params, { root, path, signal: new AbortController().signal })) ?? []
}

function damageOf(task: Task, found: Survey): Diagnostic | undefined {
  if (found.state === 'intact') return undefined
  const subject = `${task.target}: ${task.kind.name}`
  const next = `npx tsx build ${task.target} puts it right.`
  if (found.state !== 'damaged')
    return {
      severity: 'error',
      code: 'output-damaged',
      subject,
      message: 'What was recorded of it cannot be read, so nothing can be said of its files.',
      disk: 'Nothing was changed.',
      next,
    }
  const list = (label: string, paths: readonly string[], count: number) =>
    count === 0
      ? []
      : [
          {
            label,
            text: `${plural(count, 'file')}: ${paths.slice(0, 5).join(', ')}${count > 5 ? ', …' : ''}`,
          },
        ]
  return {
    severity: 'error',
    code: 'output-damaged',
    subject,
    message: `${nameOf(task.id)} is not as it was built.`,
    evidence: [
      ...list('missing', found.missing, found.missingCount),
      ...list('edited', found.edited, found.editedCount),
    ],
    disk: 'Nothing was changed.',
    next,
  }
}

const notBuilt = (task: Task): Diagnostic => ({
  severity: 'error',
  code: 'output-damaged',
  subject: `${task.target}: ${task.kind.name}`,
  message: `${nameOf(task.id)} was never built.`,
  disk: 'Nothing was changed.',
  next: `npx tsx build ${task.target}`,
})
