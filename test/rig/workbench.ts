/** A Workbench without a run around it, for tests of one task kind. Keeps what the kind recorded, told and asked for. */

import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Host } from '../../lib/model/host.ts'
import type { Manifest } from '../../lib/model/manifest.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'

export interface TestBench extends Workbench {
  readonly recorded: Map<string, { bytes: number; sha256: string }>
  readonly kept: string[]
  readonly told: Diagnostic[]
  readonly remarks: Record<string, string | number>
  /** Milliseconds of each pause that was asked for; none is slept. */
  readonly pauses: number[]
  readonly counts: { requests: number; received: number }
}

export function testBench(overrides: Partial<Workbench> = {}): TestBench {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-bench-'))
  for (const name of ['staging', 'shelf']) mkdirSync(join(folder, name))
  const recorded = new Map<string, { bytes: number; sha256: string }>()
  const kept: string[] = []
  const told: Diagnostic[] = []
  const remarks: Record<string, string | number> = {}
  const pauses: number[] = []
  const counts = { requests: 0, received: 0 }
  return {
    staging: join(folder, 'staging'),
    shelf: join(folder, 'shelf'),
    manual: join(folder, 'manual'),
    final: join(folder, 'final'),
    inputs: [],
    intact: undefined,
    isBegun: false,
    previous: undefined,
    candidates: [],
    foldsCase: false,
    offline: false,
    cores: 2,
    signal: new AbortController().signal,
    record: (path, bytes, sha256) => void recorded.set(path, { bytes, sha256 }),
    wrote: () => {},
    foretell: () => {},
    offer: () => {},
    spend: (path, bytes, sha256) => void recorded.set(path, { bytes, sha256 }),
    audience: () => 'later',
    keep: path => void kept.push(path),
    remark: (name, value) => void Object.assign(remarks, { [name]: value }),
    received: bytes => void (counts.received += bytes),
    progress: () => {},
    requested: () => void (counts.requests += 1),
    standing: () => Promise.resolve([]),
    saw: () => {},
    tell: diagnostic => void told.push(diagnostic),
    host: freeHost,
    headersOf: () => ({}),
    fetched: () => {},
    began: Date.now(),
    forced: false,
    whole: input => Promise.resolve(input),
    atHand: () => undefined,
    want: task => {
      throw new Error(`${task} is wanted, and there is no run to make it`)
    },
    pause: milliseconds => {
      pauses.push(milliseconds)
      return Promise.resolve()
    },
    ...overrides,
    recorded,
    kept,
    told,
    remarks,
    pauses,
    counts,
  }
}

/** A host without a budget. */
export const freeHost = (name: string, overrides: Partial<Host> = {}): Host => ({
  name,
  budget: {},
  connections: 4,
  isRationed: false,
  connect: work => work(),
  connectForMany: work => work(),
  ration: () => Promise.resolve(),
  rest: () => {},
  crowded: () => {},
  ...overrides,
})

export interface ManifestRow {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** A manifest of given rows, without times. */
export function manifestOf(rows: readonly ManifestRow[], digest = ''): Manifest {
  const sorted = rows.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
  const row = (i: number): ManifestRow => sorted[i] as ManifestRow
  return {
    count: sorted.length,
    bytes: sorted.reduce((sum, { bytes }) => sum + bytes, 0),
    digest,
    takenAtMs: 0,
    path: i => row(i).path,
    size: i => row(i).bytes,
    mtimeMs: () => 0,
    ctimeMs: () => 0,
    inode: () => 0,
    sha256: i => row(i).sha256,
    find: path => sorted.findIndex(candidate => candidate.path === path),
  }
}

/** A file on disk as the input of a task. */
export function fileInput(path: string, bytes: number, sha256: string): Input {
  const manifest = manifestOf([{ path: basename(path), bytes, sha256 }], sha256)
  return {
    artifact: { task: 'download:test', form: 'file', at: basename(path), lasting: false },
    path,
    manifest,
    sole: true,
  }
}
