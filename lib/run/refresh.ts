/** Records anew the times of files that were touched but not changed, so that the next build need not read them again. */

import { withTimes } from '../model/manifest.ts'
import type { Run } from './context.ts'

export async function refreshTimes(run: Run): Promise<void> {
  for (const task of run.graph.tasks.values()) {
    const { survey } = run.known.lookOf(task.id)
    if (survey.state !== 'intact' || survey.refreshed === 0) continue
    // Read behind that clock: what is trusted from now on was read after it.
    const seen = run.known.lookOf(task.id)
    const look = seen.clockMs === undefined ? await run.known.lookAgain(task) : seen
    const receipt = run.known.receiptOf(task.id)
    const manifest = run.known.manifestOf(task.id)
    const { clockMs } = look
    if (look.survey.state !== 'intact' || clockMs === undefined || !receipt || !manifest) continue
    const name = run.known.receipts.saveManifest(task.id, withTimes(manifest, clockMs, look.touched))
    run.known.receipts.done({ ...receipt, manifest: name })
  }
}
