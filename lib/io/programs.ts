/** The door to other people's programs: finds them, and pipes bytes through one. Knows no format. */

import { accessSync, constants } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Problem } from '../model/problem.ts'

/** The first of these programs that is there: its path. Nothing is started. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '')
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

interface Use {
  /** Path of the program. */
  readonly program: string
  readonly argv: readonly string[]
  readonly signal: AbortSignal
  /** What it is to say when the program ends with an exit code of its own; the last lines that it wrote to stderr. */
  readonly refused: (lines: readonly string[]) => Problem
  /** The same of one that ended well, where what it says is no reason to be content. */
  readonly complained?: (lines: readonly string[]) => Problem | undefined
}

/** What the program makes of `bytes`. It is ended when nobody reads on. */
export async function* throughProgram(bytes: AsyncIterable<Buffer>, use: Use): AsyncGenerator<Buffer> {
  const { execa } = await import('execa')
  const control = new AbortController()
  const child = execa(use.program, use.argv, {
    stdin: 'pipe',
    buffer: { stdout: false },
    reject: false,
    // It holds nothing that is worth an orderly end.
    killSignal: 'SIGKILL',
    cancelSignal: AbortSignal.any([use.signal, control.signal]),
    env: { LC_ALL: 'C' },
  })
  try {
    yield* through(bytes, child.stdin, child.stdout)
    use.signal.throwIfAborted()
    const { exitCode, stderr, failed, signal, code } = await child
    if (exitCode !== undefined && exitCode !== 0) throw use.refused(linesOf(stderr, use.program))
    const complaint = use.complained?.(linesOf(stderr, use.program))
    if (complaint) throw complaint
    if (failed) throw programFailed(use.program, signal ?? code ?? 'nobody knows what')
  } finally {
    control.abort()
    await child
  }
}

/**
 * What comes out of `outlet` of the bytes that go into `inlet`, which may be the same stream. A failure of the source
 * is told as it is, before any that follows from it.
 */
export async function* through(
  bytes: AsyncIterable<Buffer>,
  inlet: Writable,
  outlet: Readable,
): AsyncGenerator<Buffer> {
  let ofSource: { readonly error: unknown } | undefined
  async function* heard(): AsyncGenerator<Buffer> {
    try {
      yield* bytes
    } catch (error) {
      ofSource = { error }
      throw error
    }
  }
  // Where it fails, so does what comes out; and whoever takes no more bytes has said why by ending.
  pipeline(heard, inlet).catch(() => {})
  try {
    yield* outlet as AsyncIterable<Buffer>
  } catch (error) {
    throw ofSource ? ofSource.error : error
  } finally {
    inlet.destroy()
    outlet.destroy()
  }
  if (ofSource) throw ofSource.error
}

/** What it says in its own name, as it was called; else its last words. What follows is advice for people who typed it. */
function linesOf(text: string, program: string): readonly string[] {
  const name = basename(program)
  const lines = text
    .replaceAll(program, name)
    .split('\n')
    .filter(line => line.trim() !== '')
  const [own] = lines.filter(line => line.startsWith(`${name}: `))
  return own === undefined ? lines.slice(-3) : [own.replace(/;$/, '')]
}

const programFailed = (program: string, how: string): Problem =>
  new Problem({
    code: 'program-failed',
    message: `${basename(program)} did not come to the end of its work.`,
    evidence: [{ label: 'found', text: `ended by ${how}` }],
    next: 'look whether the machine ran out of memory, then build again.',
  })
