/**
 * A process of its own: makes another annotation of one by the kind alone, with its digest, and tells its seconds. No spec, no run
 * around it: nothing is synced, placed or remembered, and what was made is deleted afterwards.
 */

import { rmSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Input } from '../../lib/model/task.ts'
import { transformParams } from '../../tasks/transform/params.ts'
import { transform } from '../../tasks/transform.ts'
import { fileInput, testBench } from '../../test/rig/workbench.ts'
import { clocked } from '../clock.ts'
import { expectSame } from './expected.ts'
import type { Content } from './mix.ts'
import { readManifests } from './shelves.ts'

/** What stands in the spec. */
const written = {
  prefix: { prefix: 'playground/data/' },
  cast_id: { cast_id: 'string' },
  drop_missing: { images: '/', drop_missing: true },
  sample: { sample: 100_000 },
} as const

export type Change = keyof typeof written

const [path = '', told = '', manifests = '', change = ''] = process.argv.slice(2)
const { records, lacking } = JSON.parse(told) as Content
// The workbench makes its folders among temporary ones: they are to lie in the folder of the round.
process.env['TMPDIR'] = process.cwd()

const place = { file: '', line: 1, column: 1, length: 0 }
const annotation = fileInput(path, statSync(path).size, '')
const { task } = annotation.artifact
let staging = ''

await clocked(async () => {
  const trees = change === 'drop_missing' ? treesOf(manifests) : []
  const params = transformParams({
    target: 'notes',
    written: written[change as Change],
    fileName: basename(path),
    originals: [{ task, at: `notes/${basename(path)}`, place }],
    isMerge: false,
    size: undefined,
    placeOf: () => place,
    givenAt: () => trees.map(({ artifact }) => artifact.task),
  })
  const bench = testBench({ inputs: [annotation, ...trees] })
  staging = bench.staging
  await transform.run(params, bench)
  expectSame(bench.remarks, expectedOf(change as Change))
})
rmSync(staging, { recursive: true })

function treesOf(folder: string): readonly Input[] {
  return readManifests(folder).map(({ folder: at, manifest }) => ({
    artifact: { task: `unzip:${at}`, form: 'tree', at, lasting: true },
    path: at,
    manifest,
    sole: false,
  }))
}

function expectedOf(change: Change): object {
  switch (change) {
    case 'prefix':
    case 'cast_id':
      return { records }
    case 'drop_missing':
      return { records: records - lacking, dropped: lacking }
    case 'sample':
      return { records: Math.min(records, written.sample.sample) }
  }
}
