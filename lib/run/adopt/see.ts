/**
 * Holds files on disk against what a result is to hold: looks for each in one place after the other, believes records whose
 * times still hold, and reads the rest. Changes nothing.
 */

import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type Batch, type Checked, checkAll } from '../../io/checking.ts'
import { lookThrough } from '../../io/disk.ts'
import { unknownDigest } from '../../model/manifest.ts'
import { isAsRecorded } from '../../survey.ts'
import { type Files, Seen, type Spot, type Vouching } from './seen.ts'

export interface SeeOptions {
  readonly threads: number
  readonly signal: AbortSignal
  /** Read even what is vouched for. */
  readonly isHashed: boolean
  readonly onRead: (bytes: number) => void
}

/** A file that is right in an earlier place is not looked for in a later one. */
export async function see(files: Files, spots: readonly Spot[], options: SeeOptions): Promise<Seen> {
  const seen = new Seen(files, spots)
  for (const spot of spots.keys()) await seeAt(seen, spot, options)
  return seen
}

/** Files between two looks at the world outside. */
const atOnce = 2048

async function seeAt(seen: Seen, spot: number, options: SeeOptions): Promise<void> {
  const { files } = seen
  const { folder, vouching } = seen.spots[spot] as Spot
  const unread: number[] = []
  let bytes = 0
  for (let k = 0; k < files.count; k += 1) {
    if (k % atOnce === atOnce - 1) {
      options.signal.throwIfAborted()
      await setImmediate()
    }
    if (seen.isRight(k)) continue
    const stats = lookThrough(join(folder, files.path(k)))
    if (stats === undefined) continue
    const known = vouching && !options.isHashed ? vouchedFor(vouching, k, stats, files) : undefined
    if (!stats.isFile() || stats.size !== files.bytes(k)) seen.setDifferent(k, spot)
    else if (known !== undefined) {
      seen.setRight(k, spot, known, stats.mtimeMs)
      seen.believed += 1
    } else {
      unread.push(k)
      bytes += stats.size
    }
  }
  const onChecked = ({ ks }: Read, checked: Checked): void => take(seen, spot, ks, checked, options)
  await checkAll({ ...options, bytes, batches: batchesOf(files, folder, unread), onChecked })
}

function vouchedFor(
  { record: { manifest }, entry }: Vouching,
  k: number,
  stats: Stats,
  files: Files,
): string | undefined {
  const i = entry(k)
  if (i < 0 || !isAsRecorded(stats, manifest, i)) return undefined
  const sha256 = manifest.sha256(i)
  const wanted = files.sha256?.(k) ?? sha256
  return sha256 === unknownDigest || sha256 !== wanted ? undefined : sha256
}

interface Read extends Batch {
  /** Which files they are. */
  readonly ks: readonly number[]
}

const mostFiles = 256
const mostBytes = 8 << 20

function* batchesOf(files: Files, folder: string, ks: readonly number[]): Generator<Read> {
  for (let from = 0; from < ks.length; ) {
    let to = from
    for (let bytes = 0; to < ks.length && to - from < mostFiles && bytes < mostBytes; to += 1)
      bytes += files.bytes(ks[to] as number)
    const some = ks.slice(from, to)
    yield {
      ks: some,
      folder,
      paths: some.map(k => files.path(k)),
      bytes: some.map(k => files.bytes(k)),
      crc32: files.crc32 && some.map(files.crc32),
    }
    from = to
  }
}

function take(
  seen: Seen,
  spot: number,
  ks: readonly number[],
  { isRight, sha256, mtimeMs }: Checked,
  { onRead }: SeeOptions,
): void {
  const { files } = seen
  let bytes = 0
  for (const [j, k] of ks.entries()) {
    bytes += files.bytes(k)
    const found = Buffer.from(sha256.buffer, sha256.byteOffset + 32 * j, 32)
    const wanted = files.sha256?.(k)
    if (isRight[j] === 1 && (wanted === undefined || wanted === found.toString('hex')))
      seen.setRight(k, spot, found, mtimeMs[j] as number)
    else seen.setDifferent(k, spot)
  }
  seen.read.files += ks.length
  seen.read.bytes += bytes
  onRead(bytes)
}
