/**
 * A spec and its playground in a temporary folder, and the real command line at work there in a child process.
 * The folder goes away with the test; GROUNDWORK_KEEP=1 keeps it and says where it is.
 */

import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { expect, inject, onTestFinished } from 'vitest'
import { type Mirror, startMirror } from '../../demo/mirror.ts'
import { filesBelow } from '../../lib/io/disk.ts'
import type { Summary } from '../../lib/model/event.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import { type ZipPart, zipOf } from './zips.ts'

/** One line of `--json`. */
interface Line {
  readonly event: string
  readonly time: string
  readonly [key: string]: unknown
}

export interface Ran {
  readonly exitCode: number | undefined
  readonly events: readonly Line[]
  readonly summary: Summary
  /** Tasks that did work, sorted. */
  readonly started: readonly string[]
  /** Of all diagnostics, in order. */
  readonly codes: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
  readonly stdout: string
  readonly stderr: string
}

/** A build that is under way. */
export interface Running {
  /** Resolves with the first event that fits; rejects when the process ends before. */
  readonly until: (fits: (line: Line) => boolean) => Promise<Line>
  readonly kill: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => void
  readonly end: Promise<Ran>
}

export interface Ground {
  /** Absolute folder of the spec. */
  readonly folder: string
  /** Absolute root of the playground: `data` in the folder. */
  readonly root: string
  /** Writes datasets.yaml: what stands behind `version` and `root`. */
  readonly spec: (rest: string) => void
  /** Writes a file of the folder; returns its SHA-256. */
  readonly write: (path: string, content: string | Buffer) => string
  readonly read: (path: string) => string
  /** Runs a verb with `--json` to its end. */
  readonly run: (...argv: readonly string[]) => Promise<Ran>
  /** Runs a verb as a person would. */
  readonly text: (...argv: readonly string[]) => Promise<Pick<Ran, 'exitCode' | 'stdout' | 'stderr'>>
  readonly start: (...argv: readonly string[]) => Running
  /** Path below the root → SHA-256, without the state folder. */
  readonly tree: () => Readonly<Record<string, string>>
  /** Everything below the root with inode, size and times: any write would show. */
  readonly listing: () => Readonly<Record<string, string>>
}

export function ground(): Ground {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'groundwork-test-')))
  onTestFinished(() => {
    if (process.env['GROUNDWORK_KEEP']) console.log(`kept ${folder}`)
    else rmSync(folder, { recursive: true, force: true })
  })
  const root = join(folder, 'data')
  const options = {
    cwd: folder,
    reject: false,
    timeout: 90_000,
    env: { NO_COLOR: '1' },
    stripFinalNewline: false,
  } as const
  const argvOf = (argv: readonly string[]) => ['--enable-source-maps', inject('frontDoor'), ...argv]
  const start = (...argv: readonly string[]): Running => {
    const child = execa(process.execPath, argvOf([...argv, '--json']), options)
    const end = child.then(({ exitCode, stdout, stderr }) => readRun(folder, exitCode, stdout, stderr))
    // Whoever does not wait for the end has nothing to say about it.
    end.catch(() => {})
    return {
      until: fits => firstLine(child.stdout, fits),
      kill: signal => void child.kill(signal),
      end,
    }
  }
  return {
    folder,
    root,
    spec: rest => writeFileSync(join(folder, 'datasets.yaml'), `version: 1\nroot: data\n${rest}`),
    write(path, content) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
      return sha256Of(content)
    },
    read: path => readFileSync(join(folder, path), 'utf8'),
    run: (...argv) => start(...argv).end,
    async text(...argv) {
      const { exitCode, stdout, stderr } = await execa(process.execPath, argvOf(argv), options)
      return { exitCode, stdout: placeless(stdout, folder), stderr: placeless(stderr, folder) }
    },
    start,
    tree: () =>
      Object.fromEntries(
        [...filesBelow(root)]
          .filter(path => !path.startsWith('.groundwork/'))
          .toSorted()
          .map(path => [path, sha256Of(readFileSync(join(root, path)))]),
      ),
    listing: () =>
      Object.fromEntries(
        readdirSync(root, { recursive: true, encoding: 'utf8' })
          .toSorted()
          .map(path => {
            const { ino, size, mtimeMs, ctimeMs } = lstatSync(join(root, path))
            return [path, `${ino} ${size} ${mtimeMs} ${ctimeMs}`]
          }),
      ),
  }
}

/** A mirror that is closed with the test. */
export async function mirror(): Promise<Mirror> {
  const started = await startMirror()
  onTestFinished(() => started.close())
  return started
}

export const sha256Of = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex')

/** A zip of files that are given by path and content. */
export const zip = (files: Readonly<Record<string, ZipPart['content']>>): Buffer =>
  zipOf(Object.entries(files).map(([name, content = '']) => ({ name, content })))

/** As messages are compared: whatever the temporary folder is called. */
const placeless = (text: string, folder: string): string => text.replaceAll(folder, '/project')

function readRun(folder: string, exitCode: number | undefined, stdout: string, stderr: string): Ran {
  const events = placeless(stdout, folder)
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Line)
  if (events.at(-1)?.event !== 'summary') throw new Error(`no summary at the end (${exitCode}): ${stderr}`)
  const diagnostics = events.filter(({ event }) => event === 'diagnostic').map(diagnosticOf)
  const started = events.filter(({ event }) => event === 'task-started').map(({ task }) => String(task))
  return {
    exitCode,
    events,
    summary: events.at(-1) as unknown as Summary,
    started: started.toSorted(),
    codes: diagnostics.map(({ code }) => code),
    diagnostics,
    stdout,
    stderr: placeless(stderr, folder),
  }
}

/** The event of a diagnostic → the diagnostic, to be drawn. */
function diagnosticOf(event: Line): Diagnostic {
  const { file, line, column } = event
  const place = file === undefined ? {} : { place: { file, line, column, length: 1 } }
  return { ...event, ...place } as unknown as Diagnostic
}

/** Every line is an event with its time; the last, and only the last, is the summary, with all its fields. */
export function expectContract({ events, exitCode }: Ran): void {
  for (const { event, time } of events) {
    expect(event).toEqual(expect.any(String))
    expect(new Date(time).toISOString()).toBe(time)
  }
  for (const line of events.filter(({ event }) => event.startsWith('task-')))
    expect(line).toMatchObject({
      task: expect.any(String),
      target: expect.any(String),
      kind: expect.any(String),
    })
  for (const line of events.filter(({ event }) => event === 'diagnostic'))
    expect(line).toMatchObject({
      code: expect.stringMatching(/^[a-z-]+$/),
      message: expect.stringMatching(/\.$/),
    })
  expect(events.findIndex(({ event }) => event === 'summary')).toBe(events.length - 1)
  expectPairs(events)
  const fields =
    'ran fresh repaired failed skipped bytesDownloaded bytesWritten filesWritten requests seconds exitCode'
  for (const field of fields.split(' ')) expect(events.at(-1)).toHaveProperty(field, expect.any(Number))
  expect(events.at(-1)?.['exitCode']).toBe(exitCode)
}

/** Of each task that started it is told once how that ended. */
export function expectPairs(events: Ran['events']): void {
  const open = new Set<unknown>()
  for (const { event, task } of events) {
    if (event === 'task-started') {
      expect(open, `${String(task)} starts twice`).not.toContain(task)
      open.add(task)
    } else if (/^task-(finished|failed|stopped)$/.test(event)) open.delete(task)
  }
  expect([...open], 'started, and never ended').toEqual([])
}

const firstLine = (output: Readable, fits: (line: Line) => boolean): Promise<Line> =>
  new Promise((resolve, reject) => {
    createInterface({ input: output })
      .on('line', text => {
        const line = JSON.parse(text) as Line
        if (fits(line)) resolve(line)
      })
      .on('close', () => reject(new Error('the process ended before that event')))
  })
