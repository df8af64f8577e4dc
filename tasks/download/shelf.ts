/** What partial files lie on a task's shelf: a run makes one of them its own by renaming its folder, so that of two runs one wins. */

import { randomUUID } from 'node:crypto'
import { constants, readdirSync, renameSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, makeFolder, remove } from '../../lib/io/disk.ts'
import { ByteRanges } from '../../lib/model/byte-ranges.ts'
import { readNote } from './note.ts'
import { takenOver } from './problems.ts'

export const bytesIn = (folder: string): string => join(folder, 'bytes')
export const noteIn = (folder: string): string => join(folder, 'note.json')

/** A folder of this run alone: the fullest that earlier ones left there, or a new one. */
export function claim(shelf: string): string {
  makeFolder(shelf)
  const own = join(shelf, randomUUID().slice(0, 8))
  const keptIn = (name: string): number =>
    new ByteRanges(readNote(noteIn(join(shelf, name)))?.kept ?? []).bytes()
  const entries = readdirSync(shelf, { withFileTypes: true })
  const folders = entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
  for (const entry of entries) if (!entry.isDirectory()) remove(join(shelf, entry.name))
  const [taken, ...others] = folders.toSorted((a, b) => keptIn(b) - keptIn(a))
  for (const name of others) remove(join(shelf, name))
  if (taken === undefined || !isRenamed(join(shelf, taken), own)) makeFolder(own)
  return own
}

/** False where another run was faster. */
function isRenamed(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}

/** The folder goes away under us only where another run made it its own. */
export async function unlessTakenOver<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw errorCode(error) === 'ENOENT' ? takenOver() : error
  }
}

export const openBytes = (folder: string): Promise<FileHandle> =>
  open(bytesIn(folder), constants.O_RDWR | constants.O_CREAT, 0o666)
