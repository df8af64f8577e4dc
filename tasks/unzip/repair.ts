/**
 * Unpacks a few files again that are damaged or missing, from ranges of an archive that is not here: with the very bytes
 * that the last result had, or not at all. Of what was never here the directory tells enough, if it is still the same one.
 */

import type { Selection } from '../../lib/io/unpacking/selection.ts'
import type { ZipDirectory } from '../../lib/io/zip.ts'
import { type Manifest, unknownDigest } from '../../lib/model/manifest.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { rangesMark } from '../../lib/model/receipt.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import type { Asking } from '../download/fetch.ts'
import { overRanges, type RangedArchive } from '../download/ranges.ts'
import { byDirectory, directoryDigest } from './directory.ts'
import { unpackRanges } from './from-ranges.ts'
import type { UnzipParams } from './pieces.ts'
import { keepIntact, select, selectSome } from './unpack.ts'

/** False where it takes the whole archive. */
export async function repair(params: UnzipParams, bench: Workbench): Promise<boolean> {
  const archive = bench.inputs[0] as Input
  const { download } = params
  const before = bench.last?.manifest
  if (download === undefined || before === undefined || params.inner !== undefined) return false
  // Of one that was never here nobody may know the size.
  const bytes = archive.manifest.bytes === 0 ? undefined : archive.manifest.bytes
  const work = async (remote: RangedArchive): Promise<true | undefined> =>
    bytes === undefined || remote.bytes === bytes
      ? repairFrom(remote, params, download, before, bench)
      : undefined
  const asking = askingFor(before.count - (bench.intact?.count ?? 0), before, bench)
  return (await overRanges(download, asking, bytes, work)) === true
}

/** Undefined where the archive is another one by now, or nearly all of it would be fetched. */
async function repairFrom(
  archive: RangedArchive,
  params: UnzipParams,
  download: DownloadParams,
  before: Manifest,
  bench: Workbench,
): Promise<true | undefined> {
  const isDone = await unpackSame(archive, download, before, bench, directory => {
    const selection = select(directory, params, bench)
    if (!isAsBefore(selection, before) || !isToldAsBefore(directory, before, bench)) return undefined
    keepIntact(selection, bench)
    return selection
  })
  if (isDone) bench.remark('checked', lacksDigests(before) ? byDirectory : byRecord)
  return isDone
}

/**
 * Unpacks into `bench.staging` files (`wanted`, by their paths) of a part that was given back; what their SHA-256 is has to be
 * recorded. False where it takes the whole archive.
 */
export async function unpackAgain(
  params: UnzipParams,
  part: Input,
  wanted: ReadonlySet<string>,
  bench: Workbench,
): Promise<boolean> {
  const { download } = params
  if (download === undefined || params.inner !== undefined) return false
  const { size } = download.download
  const work = (archive: RangedArchive): Promise<true | undefined> =>
    unpackSame(archive, download, part.manifest, bench, directory =>
      selectAgain(directory, params, part, wanted, bench),
    )
  const asking = askingFor(wanted.size, part.manifest, bench)
  return (await overRanges(download, asking, size?.exact ? size.bytes : undefined, work)) === true
}

/** Whether there were ranges is remembered for the next plan. */
const askingFor = (files: number, { count }: Manifest, bench: Workbench): Asking => ({
  ...bench,
  wanted: `${formatCount(files)} of its ${plural(count, 'file')}`,
  onRangeless: () => bench.remark(rangesMark, 'none'),
})

/** Undefined where the archive is not the one that the part was made of. */
async function selectAgain(
  directory: ZipDirectory,
  params: UnzipParams,
  { manifest, isPart, remarks }: Input,
  wanted: ReadonlySet<string>,
  bench: Workbench,
): Promise<Selection | undefined> {
  let isSame = remarks?.['directory'] === directoryDigest(directory)
  const selection = await selectSome(directory, params, bench, async all => {
    isSame ||= isPart !== true && isAsBefore(all, manifest)
    return k => wanted.has(all.path(k))
  })
  return isSame && selection.count === wanted.size ? selection : undefined
}

/** Undefined, too, where an entry is not the file that the last result had. */
async function unpackSame(
  archive: RangedArchive,
  download: DownloadParams,
  before: Manifest,
  bench: Workbench,
  choose: Parameters<typeof unpackRanges>[3],
): Promise<true | undefined> {
  try {
    const isDone = await unpackRanges(archive, download, refusingOthers(before, bench), choose)
    if (isDone) bench.remark(rangesMark, 'given')
    return isDone
  } catch (error) {
    if (error instanceof Other) return undefined
    throw error
  }
}

/** The same files, as far as a directory tells. */
function isAsBefore(selection: Selection, before: Manifest): boolean {
  if (selection.count !== before.count) return false
  for (let k = 0; k < selection.count; k += 1) {
    const i = before.find(selection.path(k))
    if (i < 0 || before.size(i) !== selection.bytes(k)) return false
  }
  return true
}

export const byRecord = 'SHA-256 of each file against the last record'

/** Some of its files were not there when the others were taken over. */
function lacksDigests(before: Manifest): boolean {
  for (let i = 0; i < before.count; i += 1) if (before.sha256(i) === unknownDigest) return true
  return false
}

/** What nothing but the directory tells has to come from the archive that had the very same one. */
const isToldAsBefore = (directory: ZipDirectory, before: Manifest, { last }: Workbench): boolean =>
  !lacksDigests(before) || last?.remarks['directory'] === directoryDigest(directory)

/** An entry is not the file that the last result had. */
class Other extends Error {
  override readonly name = 'Other'
}

const refusingOthers = (before: Manifest, bench: Workbench): Workbench => ({
  ...bench,
  record(path, bytes, sha256) {
    const wanted = before.sha256(before.find(path))
    if (wanted !== unknownDigest && wanted !== sha256) throw new Other(`${path} is another file`)
    bench.record(path, bytes, sha256)
  },
})
