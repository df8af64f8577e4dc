/** One tar, unpacked by the kind on a bench of its own. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { filesBelow, type roomAt } from '../../lib/io/disk.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { type UntarParams, untarParams } from '../../tasks/untar/params.ts'
import { unpack as unpackBy } from '../../tasks/untar/unpack.ts'
import { fileInput, type TestBench, testBench } from '../rig/workbench.ts'
import { request } from '../unzip/rig.ts'

export interface Asked {
  readonly written?: { root?: string; into?: string }
  readonly target?: string
  readonly fileName?: string
  readonly bench?: Partial<Workbench>
  readonly input?: Partial<Input>
  readonly filesystemAt?: typeof roomAt
}

export const paramsOf = ({ written, target, fileName = 'images.tar' }: Asked = {}): UntarParams =>
  untarParams({ ...request(written, target), fileName })

/** The bench after the archive was unpacked; `problem` where it was refused. */
export async function unpack(
  archive: Buffer,
  asked: Asked = {},
): Promise<{ bench: TestBench; problem?: Problem }> {
  const params = paramsOf(asked)
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-tar-')), params.fileName)
  writeFileSync(path, archive)
  const input = { ...fileInput(path, archive.length, ''), ...asked.input }
  const bench = testBench({ ...asked.bench, inputs: [input] })
  try {
    await unpackBy(params, bench, asked.filesystemAt)
    return { bench }
  } catch (problem) {
    if (problem instanceof Problem) return { bench, problem }
    throw problem
  }
}

/** Path → content, of what lies in staging. */
export const staged = (bench: Workbench): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...filesBelow(bench.staging)]
      .toSorted()
      .map(path => [path, readFileSync(join(bench.staging, path), 'latin1')]),
  )

/** By a real program. */
export async function compress(bytes: Buffer, program: string): Promise<Buffer> {
  // What is packed may end with the byte of a new line.
  const options = { input: bytes, encoding: 'buffer', stripFinalNewline: false } as const
  const { stdout } = await execa(program, ['-c'], options)
  return Buffer.from(stdout)
}
