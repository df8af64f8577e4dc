/**
 * Unpacks of an archive only the files that annotations refer to: from its ranges where the archive is not here, from the
 * whole where that is less work. Makes nothing where nobody refers to any.
 */

import { closeSync, openSync } from 'node:fs'
import { posix } from 'node:path'
import { makeFolder, remove } from '../../lib/io/disk.ts'
import type { Selection } from '../../lib/io/unpacking/selection.ts'
import { overHandle } from '../../lib/io/zip/random-access.ts'
import { openZip, type ZipDirectory } from '../../lib/io/zip.ts'
import { fewRows } from '../../lib/model/few.ts'
import { isPinned } from '../../lib/model/lock-file.ts'
import { readPartSizes } from '../../lib/model/part-sizes.ts'
import { type Diagnostic, Problem } from '../../lib/model/problem.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { jpgNamed } from '../../lib/model/transcode.ts'
import { formatCount } from '../../lib/model/units.ts'
import { overRanges, type RangedArchive } from '../download/ranges.ts'
import { newName, rulesByPath } from '../rename/names.ts'
import { byDirectoryOf, directoryDigest, otherDirectory, remarkDirectory } from './directory.ts'
import { extract } from './extract.ts'
import { unpackRanges } from './from-ranges.ts'
import { unpackOutline } from './params.ts'
import type { NeededParams, UnzipParams } from './pieces.ts'
import { keepIntact, selectSome } from './unpack.ts'

export async function unpackNeeded(params: NeededParams, bench: Workbench): Promise<void> {
  const paths = bench.inputs.map(({ path }) => path)
  const needed = await neededPaths(params, paths, bench.signal)
  if (needed.size === 0) {
    if (params.neededBy.length === 0 && (bench.last?.manifest.count ?? 0) > 0)
      throw new Problem({ ...nothingNeeded(params), severity: 'error', ...notEmptied })
    // An earlier attempt may have left some.
    remove(bench.staging)
    makeFolder(bench.staging)
    return bench.tell(nothingNeeded(params))
  }
  const { download, from } = params
  const { size } = download.download
  const here = bench.atHand(from)
  const work = (archive: RangedArchive): Promise<true | undefined> =>
    takeRanges(archive, params, needed, bench)
  if (here === undefined && (await overRanges(download, bench, size?.exact ? size.bytes : undefined, work)))
    return
  await takeFrom(here ?? bench.want(from), params, needed, bench)
}

/** Below the target, as they are called when all is done. */
export async function neededPaths(
  { target, neededBy = [] }: UnzipParams,
  annotations: readonly string[],
  signal?: AbortSignal,
): Promise<Set<string>> {
  const { checkJson } = await import('../../lib/io/json-stream.ts')
  const needed = new Set<string>()
  for (const [i, { images }] of neededBy.entries()) {
    const onImages = (paths: readonly string[]): void => {
      for (const path of paths) {
        const below = posix.join('/', images, path).slice(1)
        if (below.startsWith(`${target}/`)) needed.add(below.slice(target.length + 1))
      }
    }
    const onBytes = (): void => signal?.throwIfAborted()
    await checkJson(annotations[i] as string, { onImages, onBytes })
  }
  return needed
}

async function takeRanges(
  archive: RangedArchive,
  params: NeededParams,
  needed: ReadonlySet<string>,
  bench: Workbench,
): Promise<true | undefined> {
  const { download } = params
  const isDone = await unpackRanges(archive, download, bench, directory =>
    selectNeeded(directory, params, needed, bench),
  )
  if (!isDone) return undefined
  bench.remark('checked', byDirectoryOf(download))
  bench.remark('host', archive.host)
  return true
}

async function takeFrom(
  { path, remarks }: Input,
  params: NeededParams,
  needed: ReadonlySet<string>,
  bench: Workbench,
): Promise<void> {
  const handle = openSync(path, 'r')
  try {
    const { download } = params
    const directory = await openZip(overHandle(handle, download.fileName, readPartSizes(remarks?.['parts'])))
    // Where its own digest is not known, that of its directory has to do.
    const other = isPinned(download.download) ? undefined : otherDirectory(directory, download, path)
    if (other) throw other
    await extract(await selectNeeded(directory, params, needed, bench), { handle }, bench)
    remarkDirectory(directory, bench)
  } finally {
    closeSync(handle)
  }
}

/** What lies at its place already is done. */
async function selectNeeded(
  directory: ZipDirectory,
  params: NeededParams,
  needed: ReadonlySet<string>,
  bench: Workbench,
): Promise<Selection> {
  const { into, rename = [], transcode } = params
  let files = 0
  const selection = await selectSome(directory, params, bench, async all => {
    files = all.count
    const paths = Array.from({ length: files }, (_, k) =>
      into === undefined ? all.path(k) : `${into}/${all.path(k)}`,
    )
    const ruleOf = rename.length === 0 ? undefined : await rulesByPath(rename, paths)
    return k => {
      const path = paths[k] as string
      const name = newName(path, ruleOf?.get(path)) ?? ''
      return needed.has(name) || (transcode === true && needed.has(jpgNamed(name)))
    }
  })
  bench.foretell(selection)
  const isSameArchive = bench.last?.remarks['directory'] === directoryDigest(directory)
  if (isSameArchive && !bench.forced && isSameRoot(params, bench)) keepIntact(selection, bench)
  bench.remark('taken', `${formatCount(selection.count)} of ${formatCount(files)} files`)
  return selection
}

/** The last result had its files below the same folder of the archive, and under the same paths. */
const isSameRoot = (params: NeededParams, { last }: Workbench): boolean =>
  unpackOutline(params).fingerprint.every(({ name, value }) =>
    last?.fingerprint.some(ingredient => ingredient.name === name && ingredient.value === value),
  )

function nothingNeeded({ target, download, neededBy }: NeededParams): Diagnostic {
  const looked = fewRows('looked at', neededBy, ({ task }) => task.replace(/^[^:]*:/, ''))
  return {
    severity: 'note',
    code: 'nothing-needed',
    message: `No annotation of this build refers to an image of ${target}.`,
    evidence:
      looked.length > 0
        ? looked
        : [{ label: 'looked at', text: 'no annotation: none has it in its images:' }],
    disk: `Nothing of ${download.fileName} was fetched.`,
    next: 'name an annotation in the same command, or build this target without --only-needed.',
  }
}

/** Its files were chosen by annotations that the spec does not name any more. */
const notEmptied = { disk: 'Its files of before stay where they are.' }
