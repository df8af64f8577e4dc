/** Trees of pictures whose renaming makes JPEG of them, on a bench of its own. */

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import type { RenameParams } from '../../lib/model/params.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { rename } from '../../tasks/rename.ts'
import { sha256Of } from '../rig/playground.ts'
import { manifestOf, type TestBench, testBench } from '../rig/workbench.ts'
import { picture } from './rig.ts'

export const place = { file: 'datasets.yaml', line: 9, column: 16, length: 3 }

export const paramsOf = (rest: Partial<RenameParams> = {}): RenameParams => ({
  target: 'ocr/images',
  rules: [],
  parts: [{ task: 'unzip:0', prefix: '' }],
  transcode: { place },
  bytes: undefined,
  files: undefined,
  ...rest,
})

export type Files = Readonly<Record<string, Buffer>>

function folderOf(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-transcode-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

export const manifestOfFiles = (files: Files) =>
  manifestOf(
    Object.entries(files).map(([path, content]) => ({
      path,
      bytes: content.length,
      sha256: sha256Of(content),
    })),
  )

export const partOf = (files: Files, { isThere = true } = {}): Input => ({
  artifact: { task: 'unzip:0', form: 'tree', at: '.groundwork/parts/x', lasting: false },
  path: isThere ? folderOf(files) : '/nowhere',
  manifest: manifestOfFiles(files),
  sole: true,
  absent: !isThere,
})

export async function run(params: RenameParams, overrides: Partial<Workbench>): Promise<TestBench> {
  const bench = testBench(overrides)
  await rename.run(params, bench)
  return bench
}

/** What lies in staging, each recorded as it is. */
export function stagedIn(bench: TestBench): Record<string, Buffer> {
  const staged = Object.fromEntries(
    [...filesBelow(bench.staging)].toSorted().map(name => [name, readFileSync(join(bench.staging, name))]),
  )
  expect(Object.fromEntries(bench.recorded)).toEqual(
    Object.fromEntries(
      Object.entries(staged).map(([name, { length }]) => [
        name,
        { bytes: length, sha256: sha256Of(staged[name] as Buffer) },
      ]),
    ),
  )
  return staged
}

export const [jpeg, png, gif] = await Promise.all([picture('jpeg'), picture('png'), picture('gif')])
