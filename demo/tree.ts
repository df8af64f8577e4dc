/** A folder drawn as `tree` draws it; where many names are alike, the first, the last and their number. Reads names only. */

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** More than this many names in a folder are alike. */
const most = 8

interface Names {
  readonly folders: readonly string[]
  readonly files: readonly string[]
}

/** Lines. What begins with a dot is state, and is left out. */
export async function drawTree(folder: string, indent = ''): Promise<string[]> {
  const { folders, files } = await namesIn(folder)
  const lines: string[] = []
  for (const name of folders) {
    const last = files.length === 0 && name === folders.at(-1)
    const path = await throughSingles(folder, name)
    const inside = await namesIn(join(folder, path))
    const summary = summaryOf(inside)
    lines.push(`${indent}${last ? '└── ' : '├── '}${path}/${summary ?? ''}`)
    const deeper = indent + (last ? '    ' : '│   ')
    if (summary === undefined) lines.push(...(await drawTree(join(folder, path), deeper)))
  }
  return [...lines, ...files.map(name => `${indent}${name === files.at(-1) ? '└── ' : '├── '}${name}`)]
}

/** `coco/train2017` of `coco`, which holds nothing else. */
async function throughSingles(folder: string, name: string): Promise<string> {
  const { folders, files } = await namesIn(join(folder, name))
  const [only] = folders
  if (only === undefined || folders.length > 1 || files.length > 0) return name
  return join(name, await throughSingles(join(folder, name), only))
}

function summaryOf({ folders, files }: Names): string | undefined {
  if (folders.length > most) return `   ${folders.length} folders, ${folders[0]}/ … ${folders.at(-1)}/`
  if (files.length > most) return `   ${files.length} files, ${files[0]} … ${files.at(-1)}`
  return undefined
}

async function namesIn(folder: string): Promise<Names> {
  const entries = await readdir(folder, { withFileTypes: true })
  const visible = entries.filter(({ name }) => !name.startsWith('.'))
  const names = (directories: boolean): string[] =>
    visible
      .filter(entry => entry.isDirectory() === directories)
      .map(({ name }) => name)
      .toSorted()
  return { folders: names(true), files: names(false) }
}
