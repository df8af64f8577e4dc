/**
 * Files that the last result lost while the parts that they came from were given back: a few of them are had from ranges of the
 * archives, under the names that they have there. Knows no rules.
 */

import { dirname, join } from 'node:path'
import { makeFolder, move, remove, removeEmptyFolders } from '../../lib/io/disk.ts'
import { unknownDigest } from '../../lib/model/manifest.ts'
import type { RenamedPart, RenameParams } from '../../lib/model/params.ts'
import { rangesMark } from '../../lib/model/receipt.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import type { UnzipParams } from '../unzip/pieces.ts'
import { byRecord, unpackAgain } from '../unzip/repair.ts'
import type { PartFile } from './part-file.ts'

/** Some of the last result is whole, and what it was made of is not here. */
const isRepair = ({ inputs, previous, intact }: Workbench): boolean =>
  previous === undefined && intact !== undefined && inputs.some(({ absent }) => absent === true)

/**
 * All files, those of them that lie nowhere any more fetched; ends the attempt where it takes the whole archive. `isKept`: it
 * lies in the last result.
 */
export async function withLost(
  { parts }: RenameParams,
  files: readonly PartFile[],
  isKept: (i: number) => boolean,
  bench: Workbench,
): Promise<readonly PartFile[]> {
  if (!isRepair(bench)) return files
  const lost = new Set(files.filter(({ origin }, i) => origin.form === 'last result' && !isKept(i)))
  for (const [i, part] of parts.entries()) {
    const own = [...lost].filter(file => file.part === part.task)
    if (
      own.length > 0 &&
      !(await fetchAgain(part, bench.inputs[i] as Input, own, foldersOf(bench, i), bench))
    ) {
      remove(shelfOf(bench))
      bench.want(part.task)
    }
  }
  if (lost.size > 0) bench.remark('checked', byRecord)
  return files.map(file => {
    if (!lost.has(file)) return file
    const i = parts.findIndex(({ task }) => task === file.part)
    const path = join(foldersOf(bench, i).staging, pathIn(parts[i] as RenamedPart, file))
    return { ...file, origin: { form: 'part', path, put: move } }
  })
}

/** When all of it was brought to its place. */
export function forgetLost(bench: Workbench): void {
  remove(shelfOf(bench))
  removeEmptyFolders(bench.shelf, dirname(dirname(bench.shelf)))
}

const shelfOf = ({ shelf }: Workbench): string => join(shelf, 'again')

/** What came, and what was unpacked of it: both outlive a kill. */
function foldersOf(bench: Workbench, part: number): Pick<Workbench, 'shelf' | 'staging'> {
  const folder = join(shelfOf(bench), String(part))
  return { shelf: folder, staging: join(folder, 'files') }
}

const pathIn = ({ prefix }: RenamedPart, { path }: PartFile): string =>
  prefix === '' ? path : path.slice(prefix.length + 1)

async function fetchAgain(
  part: RenamedPart,
  input: Input,
  lost: readonly PartFile[],
  folders: Pick<Workbench, 'shelf' | 'staging'>,
  bench: Workbench,
): Promise<boolean> {
  if (part.again === undefined || lost.some(({ sha256 }) => sha256 === unknownDigest)) return false
  makeFolder(folders.staging)
  const wanted = new Set(lost.map(file => pathIn(part, file)))
  // Recorded and placed under its own name, by who asked for it.
  const remark: Workbench['remark'] = (name, value) => {
    if (name === rangesMark) bench.remark(name, value)
  }
  const own = { ...bench, ...folders, record: () => {}, remark }
  return unpackAgain(part.again.unpack as UnzipParams, input, wanted, own)
}
