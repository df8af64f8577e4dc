/** Lists that lie beside the records, one JSON object a line, for people and scripts to read. Knows none of them. */

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { look, makeFolder, remove, removeEmptyFolders, writeWhole } from './disk.ts'

/** Writes the whole list; none where nothing is on it. Returns where it lies. `name`: below the folder. */
export function keepListing(folder: string, name: string, rows: readonly object[]): string {
  const path = join(folder, name)
  if (rows.length > 0) {
    makeFolder(dirname(path))
    writeWhole(path, rows.map(row => `${JSON.stringify(row)}\n`).join(''))
  } else if (look(path)) {
    remove(path)
    removeEmptyFolders(dirname(path), dirname(dirname(folder)))
  }
  return path
}

/** The rows of a list; none where there is none, and without those that are no JSON. */
export function readListing(folder: string, name: string): readonly unknown[] {
  const path = join(folder, name)
  if (look(path) === undefined) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap(line => {
      try {
        return [JSON.parse(line) as unknown]
      } catch {
        return []
      }
    })
}
