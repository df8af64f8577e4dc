/** What a build costs that has nothing to do: 1,000 targets, against tsx with an empty program. */

import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { buildCommand, emptyProgram } from './entrants.ts'
import { table, timed } from './rounds.ts'

const targets = 1000
const rounds = 9

export async function startUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-bench-'))
  try {
    writeSpec(folder)
    const [tsx, ...words] = buildCommand
    await execa(tsx, words, { cwd: folder, stdio: 'ignore' })
    const timings = await timed(
      [
        { name: 'tsx, empty program', command: emptyProgram, cwd: folder },
        { name: 'node -e 0', command: ['node', '-e', '0'], cwd: folder },
        { name: `build, ${targets} targets, nothing to do`, command: buildCommand, cwd: folder },
      ],
      rounds,
    )
    const [empty, node, idle] = timings.map(({ median }) => median)
    console.log(`startup: median of ${rounds} rounds (least–most), ratio to the first\n${table(timings)}`)
    console.log(
      `  build / (node -e 0 + tsx, empty program): ${((idle ?? 0) / ((empty ?? 0) + (node ?? 0))).toFixed(2)}x`,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Each target places one small annotation. */
function writeSpec(folder: string): void {
  mkdirSync(join(folder, 'published'))
  const lines = ['version: 1', 'root: data', 'targets:']
  for (let i = 0; i < targets; i += 1) {
    const content = JSON.stringify([{ id: i }])
    writeFileSync(join(folder, 'published', `${i}.json`), content)
    const sha256 = createHash('sha256').update(content).digest('hex')
    lines.push(
      `  set${i % 50}/target${i}:`,
      `    title: Target ${i}`,
      '    sources:',
      `      - url: published/${i}.json`,
      `        sha256: ${sha256}`,
      '        json: { records: 1 }',
      '    expect: { files: 1 }',
    )
  }
  writeFileSync(join(folder, 'datasets.yaml'), `${lines.join('\n')}\n`)
}
