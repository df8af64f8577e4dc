/** Unpacks a zip: opens it, finds what is wanted, refuses what is wrong, extracts the rest. */

import { openFile } from '../../lib/io/zip/random-access.ts'
import { openZip, type ZipEntry } from '../../lib/io/zip.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { extract } from './extract.ts'
import { foldingWarning, leavesItsFolder, refusals, type Wanted } from './judge.ts'
import type { UnpackParams } from './params.ts'
import { findRoot } from './root.ts'

export async function unpack(params: UnpackParams, bench: Workbench): Promise<void> {
  const source = await openFile((bench.inputs[0] as Input).path)
  try {
    const wanted = select(source.name, await openZip(source), params, bench)
    await extract(source, withoutIntact(wanted, bench), bench)
  } finally {
    await source.close()
  }
}

/** The entries to unpack, all of them fit to be. Throws every objection to the archive at once. */
export function select(
  archive: string,
  entries: readonly ZipEntry[],
  params: UnpackParams,
  bench: Workbench,
): readonly Wanted[] {
  const files = entries.filter(
    ({ path, kind }) =>
      kind !== 'folder' && !path.startsWith(finderNotes) && leavesItsFolder(path) === undefined,
  )
  const { root, target, places } = params
  const paths = files.map(({ path }) => path)
  const answer = findRoot(paths, { root, target, archive, place: places.root })
  const wanted = answer.form === 'found' ? below(answer.prefix, files) : []
  const [first, ...others] = [
    ...(answer.form === 'refused' ? [answer.draft] : []),
    ...refusals(archive, entries, wanted, bench.foldsCase),
  ]
  if (first) throw new Problem(first, ...others)
  const warning = bench.foldsCase ? undefined : foldingWarning(archive, wanted)
  if (warning) bench.tell({ severity: 'warning', ...warning })
  return wanted
}

/** What a Mac adds to archives beside their content. */
const finderNotes = '__MACOSX/'

const below = (prefix: string, files: readonly ZipEntry[]): readonly Wanted[] =>
  files
    .filter(({ path }) => path.startsWith(prefix))
    .map(entry => ({ entry, path: entry.path.slice(prefix.length) }))

/** Keeps what lies at its place already. */
function withoutIntact(wanted: readonly Wanted[], bench: Workbench): readonly Wanted[] {
  const { intact } = bench
  if (intact === undefined) return wanted
  return wanted.filter(({ entry, path }) => {
    const i = intact.find(path)
    const isThere = i >= 0 && intact.size(i) === entry.bytes
    if (isThere) bench.keep(path)
    return !isThere
  })
}
