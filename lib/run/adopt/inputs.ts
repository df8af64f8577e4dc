/**
 * Records for what a result would have been made of, where the result was taken over and they were never here: as they must
 * have been, so that nobody fetches them only to find out. Knows no file.
 */

import type { Contents } from '../../model/contents.ts'
import { type ColumnarManifest, unknownDigest } from '../../model/manifest.ts'
import { ManifestBuilder } from '../../model/manifest-builder.ts'
import type { Remarks } from '../../model/receipt.ts'
import type { Task, TaskId } from '../../model/task.ts'
import { judge } from '../../model/verdict.ts'
import type { Run } from '../context.ts'
import { namedAs } from '../step.ts'
import type { Sample } from './other.ts'
import type { Seen } from './seen.ts'
import type { Proof } from './wanted.ts'

/** One record for each task that `task` takes, and for those behind them. */
export function recordInputs(run: Run, { outline }: Task, proof: Proof, seen: Seen): void {
  for (const [i, id] of outline.takes.entries()) {
    const input = run.graph.tasks.get(id)
    if (input === undefined) continue
    if (proof.form === 'record') copySample(run, input, proof.sample.inputs[i])
    else if (proof.form === 'directory') recordPart(run, input, i, proof, seen)
    else recordArchive(run, input, undefined)
  }
}

/** What we know of it ourselves is better. */
function isKnown({ known }: Run, task: Task): boolean {
  const digestOf = (id: TaskId): string | undefined => known.receiptOf(id)?.digest
  return judge(task, known.memoryOf(task.id), { state: 'not-looked' }, digestOf).state === 'fresh'
}

function copySample(run: Run, task: Task, sample: Sample | undefined): void {
  for (const [i, id] of task.outline.takes.entries()) {
    const input = run.graph.tasks.get(id)
    if (input) copySample(run, input, sample?.inputs[i])
  }
  if (sample === undefined || run.known.receiptOf(task.id)?.digest === sample.receipt.digest) return
  const { receipt, manifest } = sample
  run.known.receipts.done({
    ...receipt,
    ...namedAs(run, task),
    manifest: run.known.receipts.saveManifest(task.id, manifest),
  })
}

function recordPart(
  run: Run,
  task: Task,
  input: number,
  { contents, of }: Proof & { form: 'directory' },
  seen: Seen,
): void {
  const part = of.get(task.id)
  if (part === undefined) return recordArchive(run, task, contents)
  for (const id of task.outline.takes) {
    const archive = run.graph.tasks.get(id)
    if (archive) recordArchive(run, archive, part)
  }
  const sha256 = Array.from({ length: part.count }, () => unknownDigest)
  for (let k = 0; k < contents.count; k += 1) {
    const origin = contents.origin?.(k)
    if (origin?.input === input) sha256[origin.k] = seen.sha256(k)
  }
  const builder = new ManifestBuilder()
  for (let k = 0; k < part.count; k += 1) builder.add(part.path(k), part.bytes(k), sha256[k] as string)
  record(run, task, builder.finish('tree'), part.remarks)
}

/** An archive that nobody read whole: with the digest that the spec pins, or none. */
function recordArchive(run: Run, task: Task, contents: Contents | undefined): void {
  if (isKnown(run, task)) return
  const { pins, at = '' } = task.gives ?? {}
  const builder = new ManifestBuilder()
  const bytes = pins?.bytes ?? contents?.archiveBytes ?? 0
  builder.add(at.slice(at.lastIndexOf('/') + 1), bytes, pins?.sha256 ?? unknownDigest)
  const remarks = { checked: 'never read whole', ...(pins?.md5 !== undefined && { md5: pins.md5 }) }
  record(run, task, builder.finish('file'), remarks)
}

function record(run: Run, task: Task, manifest: ColumnarManifest, remarks: Remarks): void {
  const { digest, count: files, bytes } = manifest
  const name = run.known.receipts.saveManifest(task.id, manifest)
  const of = namedAs(run, task)
  run.known.receipts.done({ ...of, digest, manifest: name, files, bytes, seconds: 0, remarks })
}
