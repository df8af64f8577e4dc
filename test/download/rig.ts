/** One download on a bench of its own, from mirrors on loopback. */

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { type Mirror, startMirror } from '../../demo/mirror.ts'
import type { Patience } from '../../lib/io/http.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Download } from '../../lib/model/spec.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { type Tuning, usual } from '../../tasks/download/tuning.ts'
import { downloadKind } from '../../tasks/download.ts'
import { type TestBench, testBench } from '../rig/workbench.ts'

export const fileName = 'images.zip'

/** Long enough that a busy machine is not taken for a silent host, short enough to wait for one. */
const patience: Patience = { connectMs: 5_000, firstByteMs: 5_000, stallMs: 250 }

/** Small enough that a file of a few hundred kilobytes is fetched over many connections. */
export const small: Tuning = {
  leastBytes: 10_000,
  leastTakenBytes: 5_000,
  claimBytes: 20_000,
  mostClaimBytes: 40_000,
  claimWaits: 50,
  claimSeconds: 1,
  syncBytes: 50_000,
  syncMs: 1_000,
  mostUnsyncedBytes: 150_000,
  hashFromBytes: usual.hashFromBytes,
  hashPieceBytes: usual.hashPieceBytes,
  spending: usual.spending,
  tickMs: 20,
  slowMs: 300,
  now: () => performance.now(),
}

/** Bytes that repeat nowhere, so that a wrong offset cannot go unseen. */
export function content(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    bytes[i] = state >>> 24
  }
  return bytes
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
export const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex')

const open: Pick<Mirror, 'close'>[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map(host => host.close()))
})

/** Closed after the test. */
export async function mirrorOf(body?: Buffer): Promise<Mirror> {
  const mirror = await startMirror()
  open.push(mirror)
  if (body) mirror.serve(`/${fileName}`, body)
  return mirror
}

interface Said {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Buffer
}

/** A host that says exactly this, for contradictions that the mirror is too well-behaved for. Closed after the test. */
export async function hostThatSays(
  answer: (range: string | undefined) => Said,
): Promise<{ readonly address: string; readonly ranges: readonly (string | undefined)[] }> {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers.range)
    const { status, headers, body } = answer(request.headers.range)
    response.writeHead(status, { 'content-length': body.length, ...headers }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({ close: async () => server.close().closeAllConnections() })
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}/${fileName}`, ranges: asked }
}

export const addressAt = (mirror: Mirror): string => `${mirror.url}/${fileName}`
export const ranges = (mirror: Mirror): readonly (string | undefined)[] =>
  mirror.requests.map(request => request.range)

export function paramsOf(
  url: string | readonly string[],
  download: Partial<Download> = {},
  rest: Partial<DownloadParams> = {},
): DownloadParams {
  const place = (line: number) => ({ file: 'datasets.yaml', line, column: 15, length: 8 })
  return {
    name: `${fileName}@0badcafe`,
    download: { url: [url].flat(), mirrors: [], pointer: 'downloads/images', ...download },
    folder: mkdtempSync(join(tmpdir(), 'groundwork-spec-')),
    at: `.groundwork/archives/${fileName}`,
    fileName,
    places: {
      url: place(29),
      size: place(30),
      sha256: place(31),
      md5: place(32),
      ...download.locked?.places,
    },
    ...rest,
  }
}

export interface Fetched {
  readonly bench: TestBench
  readonly problem: Problem | undefined
  /** Undefined where nothing was staged. */
  readonly bytes: Buffer | undefined
}

export async function fetched(
  params: DownloadParams,
  overrides: Partial<Workbench> = {},
  tuning?: Tuning,
): Promise<Fetched> {
  const bench = testBench(overrides)
  const problem = await downloadKind({ patience, ...(tuning && { tuning }) })
    .run(params, bench)
    .then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof Problem) return error
        throw error
      },
    )
  const staged = join(bench.staging, params.fileName)
  return { bench, problem, bytes: existsSync(staged) ? readFileSync(staged) : undefined }
}

export const codes = (told: readonly { code: string }[]): readonly string[] => told.map(({ code }) => code)

export interface Shelf {
  /** Up to its last byte that is kept. */
  readonly part: Buffer
  readonly note: { origins: Record<string, unknown>[]; kept: [number, number][] }
  readonly notePath: string
  readonly partPath: string
}

/** What waits to be continued; undefined for an empty shelf. */
export function shelfOf(bench: Pick<Workbench, 'shelf'>): Shelf | undefined {
  const [folder, ...others] = readdirSync(bench.shelf)
  if (folder === undefined) return undefined
  if (others.length > 0) throw new Error(`the shelf holds ${[folder, ...others].join(', ')}`)
  const [partPath, notePath] = ['bytes', 'note.json'].map(name => join(bench.shelf, folder, name)) as [
    string,
    string,
  ]
  const note = JSON.parse(readFileSync(notePath, 'utf8')) as Shelf['note']
  return { part: readFileSync(partPath).subarray(0, note.kept.at(-1)?.[1] ?? 0), note, notePath, partPath }
}

/** A run that is cancelled once `bytes` have come; the shelf it leaves is the bench's. */
export async function interrupted(
  params: DownloadParams,
  bytes: number,
  overrides: Partial<Workbench> = {},
  tuning?: Tuning,
): Promise<TestBench> {
  const run = new AbortController()
  let received = 0
  const bench = testBench({
    ...overrides,
    signal: run.signal,
    progress: done => {
      received = done
      if (received >= bytes) run.abort(new Error('interrupted by the test'))
    },
  })
  await downloadKind({ patience, ...(tuning && { tuning }) })
    .run(params, bench)
    .then(
      () => {
        throw new Error('the download was done before it could be interrupted')
      },
      (error: unknown) => {
        if (!(error instanceof Error && error.message === 'interrupted by the test')) throw error
      },
    )
  return bench
}
