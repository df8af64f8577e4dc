/** `build accept TARGET…`: "the definition changed, the result is the same". Records that, and runs nothing. */

import { Problem } from '../model/problem.ts'
import { plural } from '../model/units.ts'
import { type Accepting, acceptable } from '../plan/accept.ts'
import { refusals } from '../report/accept.ts'
import { verdictObject } from '../report/json.ts'
import { padded } from '../report/text.ts'
import { because, nameOf, wordsOf } from '../report/words.ts'
import { recordAccepted } from '../run/accept.ts'
import { naming } from '../run/attempt.ts'
import { usage } from './arguments.ts'
import { type Desk, looking } from './desk.ts'
import { exitCodes } from './exit.ts'
import { whileHeld } from './hold.ts'
import { openPlayground, survey } from './playground.ts'

export async function accept(given: Desk): Promise<number> {
  const desk = looking(given)
  const { command, kinds, console } = desk
  if (command.names.length === 0)
    throw usage(
      '`accept` needs the names of targets or groups',
      '`npx tsx build status` tells which are stale, `npx tsx build why TARGET` for what.',
    )
  const playground = await openPlayground(command, kinds)
  const { graph, whole } = playground
  const known = await survey(playground, { tier: command.options.check })
  for (const diagnostic of known.receipts.problems) console.report({ event: 'diagnostic', diagnostic })
  let accepting = unrefused(acceptable(graph, whole, known))
  if (accepting.accepted.length > 0 && !command.options.dryRun) {
    const { result } = await whileHeld(desk, playground, run => {
      // Weighed again under the lock: a build may have been at work since the first look.
      const weighed = unrefused(acceptable(run.graph, run.whole, run.known))
      recordAccepted(run, weighed.accepted)
      return Promise.resolve(weighed)
    })
    accepting = result
  }
  tell(desk, accepting)
  return console.summary({
    fresh: accepting.fresh + accepting.accepted.length,
    exitCode: exitCodes.done,
  })
}

/** Throws everything that stands against it: then nothing is recorded. */
function unrefused(accepting: Accepting): Accepting {
  const [first, ...rest] = refusals(accepting)
  if (first) throw new Problem(first, ...rest)
  return accepting
}

function tell({ command, console }: Desk, { accepted, left }: Accepting): void {
  const { dryRun } = command.options
  for (const { task, reason } of accepted)
    console.object({ event: 'accepted', ...naming(task), reason, recorded: !dryRun })
  for (const { task, verdict } of left)
    console.object({ event: 'left', ...naming(task), ...verdictObject(verdict) })
  const rows = [
    ...accepted.map(
      ({ task, reason }) => [dryRun ? 'would accept' : 'accepted', task, because(reason)] as const,
    ),
    ...left.map(({ task, verdict }) => ['left', task, wordsOf(verdict)] as const),
  ]
  for (const [word, task, why] of rows)
    console.result(`${padded(word, dryRun ? 12 : 8)}  ${padded(nameOf(task.id), 40)}  ${why}\n`)
  const verb = accepted.length === 0 ? 'Nothing to accept' : dryRun ? 'Would accept' : 'Accepted'
  const count = accepted.length === 0 ? '' : ` ${plural(accepted.length, 'result')}; nothing was run`
  const rest =
    left.length === 0 ? '' : ` The next build runs ${plural(left.length, 'task')} that cannot be accepted.`
  console.result(`${verb}${count}.${rest}\n`)
}
