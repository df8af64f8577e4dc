/** Records anew the times of files that were touched but not changed, so that the next build need not read them again. */

import { filesystemNowMs } from '../io/disk.ts'
import { withTimes } from '../model/manifest.ts'
import type { Run } from './context.ts'

export async function refreshTimes(run: Run): Promise<void> {
  for (const task of run.graph.tasks.values()) {
    const { survey, touched } = run.known.lookOf(task.id)
    if (survey.state !== 'intact' || touched.size === 0) continue
    // Looked at again behind a clock that is older than the look: what is trusted from now on was read after it.
    const takenAtMs = filesystemNowMs(run.staging)
    const again = await run.known.lookAgain(task)
    const receipt = run.known.receiptOf(task.id)
    const manifest = run.known.manifestOf(task.id)
    if (again.survey.state !== 'intact' || receipt === undefined || manifest === undefined) continue
    const name = run.known.receipts.saveManifest(task.id, withTimes(manifest, takenAtMs, again.touched))
    run.known.receipts.done({ ...receipt, manifest: name })
  }
}
