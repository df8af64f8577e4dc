/** Writes what is printed from something else: linter rules and diagram from the table of floors, the JSON Schema from the grammar. */

import { readFileSync, writeFileSync } from 'node:fs'
import { schemaText } from '../lib/cli/schema.ts'
import { kinds } from '../tasks/index.ts'
import { diagram, lintOverrides } from './floors.ts'

const begin = '<!-- printed from tools/floors.ts by `npm run generate` -->'
const end = '<!-- end -->'

/** What each generated file should hold, given what it holds now. */
export const generated: Readonly<Record<string, (now: string) => string>> = {
  'ARCHITECTURE.md': now =>
    now.replace(new RegExp(`${begin}[^]*${end}`), () => `${begin}\n${diagram()}\n${end}`),
  '.oxlintrc.json': now =>
    `${JSON.stringify({ ...JSON.parse(now), overrides: lintOverrides() }, undefined, 2)}\n`,
  'datasets.schema.json': () => schemaText(kinds),
}

if (process.argv[1]?.endsWith('generate.ts')) {
  for (const [file, make] of Object.entries(generated)) {
    const now = readOrEmpty(file)
    const next = make(now)
    if (next === now) continue
    writeFileSync(file, next)
    console.log(`wrote ${file}`)
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
