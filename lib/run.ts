/**
 * Plan → steps through pools, longest way first. Each step is judged again just before it runs; when a pass uncovers
 * that something already given back is needed after all, it plans once more. Knows no kind of task and prints nothing.
 */

import type { Summary } from './model/event.ts'
import type { Plan } from './model/plan.ts'
import { planOf } from './plan.ts'
import type { Run } from './run/context.ts'
import { Pass, type PassOptions } from './run/pass.ts'

/** Carries out a plan. Never throws for an expected failure: those are events, and counted. */
export async function runPlan(
  run: Run,
  plan: Plan,
  options: PassOptions,
): Promise<Omit<Summary, 'exitCode' | 'seconds'>> {
  const failed = new Set<string>()
  let pass = new Pass(run, plan, options, failed)
  let idle = 0
  for (;;) {
    await pass.finish()
    // A pass that ran nothing may have seen more than the plan was made from; a second one in a row has not.
    idle = pass.ran === 0 ? idle + 1 : 0
    if (pass.isStopped || pass.postponed === 0 || idle > 1) break
    const { graph, known, keepArchives, wishes } = run
    pass = new Pass(run, planOf(graph, known, { keepArchives, wishes }), options, failed)
  }
  const skipped = pass.untried
  run.started.stopAll(run.signal.aborted ? 'the build was ended' : 'what it needs was not made')
  const { stopped } = run.started
  const { ran, repaired, bytesDownloaded, bytesWritten, filesWritten, requests } = run.tally
  const fresh = run.graph.tasks.size - ran - failed.size - skipped
  return {
    ran,
    fresh: Math.max(0, fresh),
    repaired,
    failed: failed.size,
    skipped,
    ...(stopped > 0 && { stopped }),
    bytesDownloaded,
    bytesWritten,
    filesWritten,
    requests,
  }
}
