/** A transform of annotations that are given as text, without a build around it. */

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Workbench } from '../../lib/model/task.ts'
import type { TransformParams } from '../../tasks/transform/params.ts'
import { transform } from '../../tasks/transform.ts'
import { fileInput, type TestBench, testBench } from '../rig/workbench.ts'

export const place = { file: 'datasets.yaml', line: 12, column: 9, length: 5 }

const params: TransformParams = {
  target: 'notes',
  as: 'mix.clean.json',
  originals: [{ task: 'json:notes/mix.json', at: 'notes/mix.json', place }],
  isMerge: false,
  bytes: undefined,
  records: undefined,
  images: undefined,
  allowMissing: undefined,
  rewrite: [],
  prefix: '',
  castId: false,
  dropMissing: false,
  present: [],
  sample: undefined,
  seed: 0,
  split: false,
  format: 'json',
  places: {},
}

interface Made {
  /** Content by path in the result. */
  readonly files: Readonly<Record<string, string>>
  readonly bench: TestBench
}

/** `texts`: of the originals, in their order. Every file is held against what was recorded of it. */
export async function made(
  wanted: Partial<TransformParams>,
  texts: readonly string[],
  overrides: Partial<Workbench> = {},
): Promise<Made> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-transform-'))
  const inputs = texts.map((text, i) => {
    const path = join(folder, `${i}.json`)
    writeFileSync(path, text)
    return fileInput(path, Buffer.byteLength(text), createHash('sha256').update(text).digest('hex'))
  })
  const bench = testBench({ inputs, ...overrides })
  await transform.run({ ...params, ...wanted }, bench)
  const files = [...bench.recorded].map(([path, { bytes, sha256 }]) => {
    const content = readFileSync(join(bench.staging, path))
    if (content.length !== bytes || createHash('sha256').update(content).digest('hex') !== sha256)
      throw new Error(`${path} is recorded as another file than was written`)
    return [path, content.toString()] as const
  })
  return { files: Object.fromEntries(files), bench }
}

/** Of several annotations: each given by a task of its own. */
export const originals = (...names: readonly string[]): TransformParams['originals'] =>
  names.map(name => ({ task: `json:notes/${name}`, at: `notes/${name}`, place }))
