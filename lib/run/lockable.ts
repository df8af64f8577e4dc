/** Downloads as the lock file knows them: what of a task can be locked, and what its record tells. Asks no host. */

import { isPartial } from '../model/annotation.ts'
import { type Found, isOpen, lockKeyOf } from '../model/lock-file.ts'
import { unknownDigest } from '../model/manifest.ts'
import type { DownloadParams } from '../model/params.ts'
import type { Graph } from '../model/plan.ts'
import { acceptedMark, type Memory, type Receipt } from '../model/receipt.ts'
import type { Download } from '../model/spec.ts'
import type { Task, TaskId } from '../model/task.ts'

/** What a task downloads; undefined for a task that asks no host. */
export const downloadOf = ({ kind, params }: Task): Download | undefined =>
  kind.inquire === undefined ? undefined : (params as DownloadParams).download

/** The tasks of which a host may tell more than the spec pins, by their key in the lock file. */
export function lockable(graph: Graph): ReadonlyMap<string, Task> {
  const found = new Map<string, Task>()
  for (const task of graph.tasks.values()) {
    const download = downloadOf(task)
    if (download && isOpen(download)) found.set(lockKeyOf(download), task)
  }
  return found
}

/** The keys that the lock file has, or could have, for what a graph downloads. */
export const keysOf = (graph: Graph): ReadonlySet<string> =>
  new Set([...graph.tasks.values()].flatMap(task => downloadOf(task) ?? []).map(lockKeyOf))

/** What was unpacked whole, and the digest of the directory that it was unpacked by; undefined where nothing tells. */
export function directoryIn({ fingerprint, remarks }: Receipt): string | undefined {
  const { directory, checked } = remarks
  // Read in ranges, it is as the host showed it: nobody saw the digest of the archive.
  return typeof directory === 'string' && checked === undefined && !isPartial(fingerprint)
    ? directory
    : undefined
}

type Records = { memoryOf(task: TaskId): Memory | undefined }

/** What the records tell of a download as it was fetched: its own receipt, or that of the file that was made from it. */
export function asBuilt({ id }: Task, graph: Graph, records: Records): Found | undefined {
  const own = receiptOf(id, records)
  // What was accepted was fetched from elsewhere: it proves nothing of this address.
  if (own && own.digest !== unknownDigest)
    return own.remarks[acceptedMark] === undefined ? foundIn(own) : undefined
  for (const dependant of graph.dependants.get(id) ?? []) {
    const placed = receiptOf(dependant, records)
    const input = placed?.inputs.find(({ task }) => task === id)
    if (placed && input?.digest === placed.digest)
      return { size: placed.bytes, sha256: placed.digest, from: '' }
  }
  return undefined
}

export function foundIn({ bytes, digest, remarks }: Receipt): Found {
  const { host, etag } = remarks
  const strong = typeof etag === 'string' && !etag.startsWith('W/') ? etag : undefined
  return {
    size: bytes,
    sha256: digest,
    ...(strong !== undefined && { etag: strong }),
    from: String(host ?? 'unknown'),
  }
}

function receiptOf(task: TaskId, records: Records): Receipt | undefined {
  const memory = records.memoryOf(task)
  return memory?.state === 'done' ? memory.receipt : undefined
}
