/** Records accepted results under their present definition. Reads none of their bytes, and does not decide what is accepted. */

import { look } from '../io/disk.ts'
import { acceptedMark, type Receipt } from '../model/receipt.ts'
import type { Acceptance } from '../plan/accept.ts'
import type { Run } from './context.ts'

/** Each record is true by itself: a crash between two of them leaves the rest to be accepted. */
export function recordAccepted(run: Pick<Run, 'known'>, accepted: readonly Acceptance[]): void {
  const nowIso = new Date().toISOString()
  run.known.receipts.doneAll(accepted.map(acceptance => acceptedReceipt(acceptance, nowIso)))
}

function acceptedReceipt({ task, receipt, inputs }: Acceptance, nowIso: string): Receipt {
  const { outline, kind, targets } = task
  const { reads: _, ...result } = receipt
  return {
    ...result,
    task: task.id,
    kindVersion: kind.version,
    fingerprint: outline.fingerprint.map(({ name, value }) => ({ name, value })),
    inputs,
    remarks: { ...(outline.takes.length > 0 ? receipt.remarks : bytesIn(receipt)), [acceptedMark]: nowIso },
    targets,
    ...(outline.reads && { reads: outline.reads.map(timesOf) }),
  }
}

/** Which host served it, and with which validators, is not true of another address. */
const bytesIn = ({ remarks: { md5 } }: Receipt): Receipt['remarks'] => (md5 === undefined ? {} : { md5 })

/** Of one that is not there nothing is known: once it is, that is a change. */
function timesOf(path: string): NonNullable<Receipt['reads']>[number] {
  const { size, mtimeMs } = look(path) ?? { size: 0, mtimeMs: 0 }
  return { bytes: size, mtimeMs }
}
