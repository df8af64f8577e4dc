/** `build verify [TARGET…]`: reads every byte against the record, and holds trees against annotations and expectations. */

import { join } from 'node:path'
import { Known } from '../knowledge.ts'
import { fewOf } from '../model/few.ts'
import type { Graph } from '../model/plan.ts'
import type { Diagnostic } from '../model/problem.ts'
import type { Standing } from '../model/standing.ts'
import type { Placed, Task } from '../model/task.ts'
import { formatBytes, formatSeconds, plural } from '../model/units.ts'
import type { Survey } from '../model/verdict.ts'
import { openReceipts } from '../receipts/receipts.ts'
import { nameOf } from '../report/words.ts'
import { naming, subjectOf } from '../run/attempt.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { tellExtras } from './extras.ts'
import { openPlayground, type Playground } from './playground.ts'
import { standingOf } from './standing.ts'

export async function verify(desk: Desk): Promise<number> {
  const { command, kinds, console } = desk
  const began = performance.now()
  const playground = await openPlayground(
    { ...command, options: { ...command.options, onlyNeeded: false, asMade: true } },
    kinds,
  )
  const tasks = [...playground.graph.tasks.values()].filter(({ gives, kind }) =>
    gives === undefined ? kind.audit !== undefined : gives.lasting,
  )
  console.watch(tasks.length)
  const reading = { done: 0, total: 0, task: undefined as Task | undefined }
  const onHashed = (bytes: number): void => {
    reading.done += bytes
    const { task, done, total } = reading
    if (task) console.report({ event: 'task-progress', ...naming(task), done, total, unit: 'bytes' })
  }
  const receipts = openReceipts(playground.state, { readOnly: true })
  const known = new Known(playground.root, receipts, { tier: 'hash', onHashed })
  for (const diagnostic of receipts.problems) console.report({ event: 'diagnostic', diagnostic })

  let [wrong, files, bytes] = [0, 0, 0]
  for (const task of tasks) {
    const receipt = known.receiptOf(task.id)
    Object.assign(reading, { task, done: 0, total: receipt?.bytes ?? 0 })
    for (const diagnostic of await faultsOf(task, playground, known)) {
      console.report({ event: 'diagnostic', diagnostic })
      if (diagnostic.severity === 'error') wrong += 1
    }
    files += receipt?.files ?? 0
    bytes += receipt?.bytes ?? 0
  }
  await tellExtras(desk, { ...playground, known, signal: new AbortController().signal })
  const seconds = (performance.now() - began) / 1000
  const word = wrong === 0 ? 'Verified' : `${plural(wrong, 'thing')} wrong`
  const read = `every byte of ${plural(files, 'file')} (${formatBytes(bytes)}) read in ${formatSeconds(seconds)}`
  console.result(`${word}: ${read}.\n`)
  return console.summary({
    failed: wrong,
    seconds,
    exitCode: wrong === 0 ? exitCodes.done : exitCodes.failed,
  })
}

/** What is wrong with one artifact: it is not there, not as it was built, or not what its kind wants of it. */
async function faultsOf(
  task: Task,
  { graph, whole }: Playground,
  known: Known,
): Promise<readonly Diagnostic[]> {
  const standing = (): Promise<readonly Standing[]> => standingOf(whole, known)
  if (task.gives === undefined) return audit(task, known.root, inputsOf(task, graph, known), standing)
  if (known.receiptOf(task.id) === undefined) return [notBuilt(task)]
  const { survey } = await known.lookAgain(task)
  const damage = damageOf(task, survey)
  return damage ? [damage] : audit(task, known.root, [], standing)
}

/** Undefined where one of them is not as it was built: that is told of it, and says all. */
function inputsOf(task: Task, { tasks }: Graph, known: Known): Placed['inputs'] | undefined {
  const inputs = task.outline.takes.map(id => {
    const artifact = tasks.get(id)?.gives
    const manifest = known.manifestOf(id)
    const isIntact = artifact && manifest && known.surveyOf(id).state === 'intact'
    return isIntact ? { artifact, manifest, path: join(known.root, artifact.at) } : undefined
  })
  return inputs.every(input => input !== undefined) ? inputs : undefined
}

async function audit(
  { kind, params, gives }: Task,
  root: string,
  inputs: Placed['inputs'] | undefined,
  standing: Placed['standing'],
): Promise<readonly Diagnostic[]> {
  if (inputs === undefined) return []
  const path = join(root, gives?.at ?? '')
  return (
    (await kind.audit?.(params, { root, path, inputs, standing, signal: new AbortController().signal })) ?? []
  )
}

function damageOf(task: Task, found: Survey): Diagnostic | undefined {
  if (found.state === 'intact') return undefined
  const subject = subjectOf(task)
  // Reading is what found it: size and times may still be as recorded.
  const next = `npx tsx build ${task.target} --check hash puts it right.`
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
            text: `${plural(count, 'file')}: ${fewOf(paths, 5, count)}`,
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
  subject: subjectOf(task),
  message: `${nameOf(task.id)} was never built.`,
  disk: 'Nothing was changed.',
  next: `npx tsx build ${task.target}`,
})
