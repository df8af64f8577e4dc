/** One zip, unpacked by the kind on a bench of its own. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import { readContent } from '../../lib/io/zip/content.ts'
import type { RandomAccess } from '../../lib/io/zip/random-access.ts'
import { openZip, type ZipDirectory, type ZipEntry } from '../../lib/io/zip.ts'
import { writePartSizes } from '../../lib/model/part-sizes.ts'
import { type Diagnostic, Problem, withContext } from '../../lib/model/problem.ts'
import type { SourceRequest } from '../../lib/model/source-form.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { drawDiagnostic } from '../../lib/report/draw.ts'
import { type UnpackParams, unpackParams } from '../../tasks/unzip/params.ts'
import { unzip } from '../../tasks/unzip.ts'
import { fileInput, type TestBench, testBench } from '../rig/workbench.ts'
import { writeZip } from '../rig/zips.ts'

export const placeOf: SourceRequest['placeOf'] = (...keys) => ({
  file: 'datasets.yaml',
  line: 12,
  column: keys.includes('into') ? 40 : 24,
  length: 4,
})

export const request = (written?: Asked['written'], target = 'coco/train2017'): SourceRequest => ({
  target,
  written,
  from: 'download:images.zip@0badcafe',
  fileName: 'images.zip',
  size: undefined,
  sha256: undefined,
  expectedFiles: undefined,
  part: undefined,
  placeOf,
})

export const paramsOf = (...asked: Parameters<typeof request>): UnpackParams =>
  unpackParams(request(...asked))

export interface Asked {
  readonly written?: { root?: string; into?: string; inner?: string }
  /** Of each part that the archive was joined from. */
  readonly parts?: readonly number[]
  readonly target?: string
  readonly bench?: Partial<Workbench>
}

/** The bench after the archive was unpacked; `problem` where it was refused. */
export async function unpack(
  zip: Buffer,
  asked: Asked = {},
): Promise<{ bench: TestBench; problem?: Problem }> {
  const path = writeZip(mkdtempSync(join(tmpdir(), 'groundwork-zip-')), zip)
  const remarks = asked.parts && { parts: writePartSizes(asked.parts) }
  const input = { ...fileInput(path, zip.length, ''), ...(remarks && { remarks }) }
  const bench = testBench({ ...asked.bench, inputs: [input] })
  try {
    await unzip.run(paramsOf(asked.written, asked.target), bench)
    return { bench }
  } catch (problem) {
    if (problem instanceof Problem) return { bench, problem }
    throw problem
  }
}

export const staged = (bench: Workbench): readonly string[] => [...filesBelow(bench.staging)].toSorted()
export const stagedPath = (bench: Workbench, path: string): string => join(bench.staging, path)

/** An archive in memory. `failAt`: the k-th reading fails, from 1. */
export function inMemory(bytes: Buffer, failAt = 0): RandomAccess & { readonly reads: number } {
  let reads = 0
  return {
    name: 'images.zip',
    bytes: bytes.length,
    get reads() {
      return reads
    },
    read(offset, length) {
      reads += 1
      if (reads === failAt) return Promise.reject(Object.assign(new Error('read failed'), { code: 'EIO' }))
      if (offset < 0 || offset + length > bytes.length)
        return Promise.reject(new Error(`asked for ${length} bytes at ${offset} of ${bytes.length}`))
      return Promise.resolve(bytes.subarray(offset, offset + length))
    },
  }
}

/** All files of an archive, read whole. */
export async function contents(source: RandomAccess): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  for (const entry of entriesOf(await openZip(source))) files.set(entry.path, await contentOf(source, entry))
  return files
}

/** In the order of the directory. */
export const entriesOf = (directory: ZipDirectory): readonly ZipEntry[] =>
  Array.from({ length: directory.count }, (_, i) => directory.entry(i))

async function contentOf(source: RandomAccess, entry: ZipEntry): Promise<Buffer> {
  const pieces: Buffer[] = []
  await readContent(source, entry, bytes => Promise.resolve(void pieces.push(bytes)))
  return Buffer.concat(pieces)
}

export const goldens = new URL('../goldens/unzip/', import.meta.url)

export const draw = (diagnostics: readonly Diagnostic[]): string =>
  `${diagnostics.map(diagnostic => drawDiagnostic(diagnostic)).join('\n\n')}\n`

/** As the run tells it: of a task, with what is on disk. */
export const told = (problem: Problem): string =>
  draw(withContext(problem, { subject: 'coco/train2017: unzip', disk: 'Nothing was placed.' }).diagnostics)

export function expectGolden(name: string, text: string): void {
  const file = new URL(`${name}.txt`, goldens)
  if (process.env['UPDATE_GOLDENS']) writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
}
