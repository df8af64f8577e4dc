/** `build verify [TARGET…]`: reads every byte against the record, and holds trees against annotations and expectations. */

import { join } from 'node:path'
import { Known } from '../knowledge.ts'
import type { Graph } from '../model/plan.ts'
import type { Diagnostic } from '../model/problem.ts'
import type { Standing } from '../model/standing.ts'
import type { Placed, Task, TaskId } from '../model/task.ts'
import { formatBytes, formatSeconds, plural } from '../model/units.ts'
import { openReceipts } from '../receipts/receipts.ts'
import { damageOf, notBuilt } from '../report/verify.ts'
import { standingOf } from '../run/standing.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { tellExtras } from './extras.ts'
import { whileLooking } from './interrupt.ts'
import { openPlayground, type Playground } from './playground.ts'
import { tellingOfReads } from './reading.ts'

export const verify = (desk: Desk): Promise<number> => whileLooking(signal => read(desk, signal))

async function read(desk: Desk, signal: AbortSignal): Promise<number> {
  const { command, kinds, console } = desk
  const began = performance.now()
  const playground = await openPlayground(
    { ...command, options: { ...command.options, onlyNeeded: false, asMade: true } },
    kinds,
  )
  const tasks = [...playground.graph.tasks.values()].filter(({ gives, kind }) =>
    gives === undefined ? kind.audit !== undefined : gives.lasting,
  )
  const receipts = openReceipts(playground.state, { readOnly: true })
  for (const diagnostic of receipts.problems) console.report({ event: 'diagnostic', diagnostic })
  const known = await new Known(playground.root, receipts, {
    tier: 'hash',
    tellsUnreadable: true,
    ...tellingOfReads(console, signal, 'to read'),
  }).lookAtAll(tasks)

  let [wrong, files, bytes] = [0, 0, 0]
  for (const task of tasks) {
    for (const diagnostic of await faultsOf(task, playground, known, signal)) {
      console.report({ event: 'diagnostic', diagnostic })
      if (diagnostic.severity === 'error') wrong += 1
    }
    const receipt = known.receiptOf(task.id)
    files += receipt?.files ?? 0
    bytes += receipt?.bytes ?? 0
  }
  await tellExtras(desk, { ...playground, known, signal })
  const seconds = (performance.now() - began) / 1000
  const word = wrong === 0 ? 'Verified' : `${plural(wrong, 'thing')} wrong`
  const told = `every byte of ${plural(files, 'file')} (${formatBytes(bytes)}) read in ${formatSeconds(seconds)}`
  console.result(`${word}: ${told}.\n`)
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
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  signal.throwIfAborted()
  const asking = {
    signal,
    standing: (only?: readonly TaskId[]): Promise<readonly Standing[]> => standingOf(whole, known, only),
  }
  if (task.gives === undefined) return audit(task, known.root, inputsOf(task, graph, known), asking)
  if (known.receiptOf(task.id) === undefined) return [notBuilt(task)]
  const damage = damageOf(task, known.lookOf(task.id), known.manifestOf(task.id))
  return damage ? [damage] : audit(task, known.root, [], asking)
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
  asking: Pick<Placed, 'signal' | 'standing'>,
): Promise<readonly Diagnostic[]> {
  if (inputs === undefined) return []
  const path = join(root, gives?.at ?? '')
  return (await kind.audit?.(params, { root, path, inputs, ...asking })) ?? []
}
