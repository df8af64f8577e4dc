/** Undoes a compression as the bytes pass: gzip by Node, the others by programs of the machine. Knows no tar. */

import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { type DiagnosticDraft, Problem } from '../model/problem.ts'
import { type Compression, methodOf } from './compression.ts'
import { errorCode } from './disk.ts'
import { findProgram, through, throughProgram } from './programs.ts'
import { fetchAgain } from './zip/corrupt.ts'

const pieceBytes = 1 << 18
/** How far it runs ahead of whoever reads. */
const aheadBytes = 4 << 20

/** What `zstd --long=31` packs is published, and the default refuses it. */
const windowBits = 31

/** `archive`: what it is called in messages. Rejects with what the bytes reject with, before anything that follows from it. */
export async function* decompress(
  bytes: AsyncIterable<Buffer>,
  compression: Compression,
  archive: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const damaged = (lines: readonly string[]): Problem => corruptArchive(archive, compression, lines)
  const stream = streamFor(compression)
  if (stream) {
    try {
      yield* through(bytes, stream, stream)
    } catch (error) {
      throw isOfZlib(error) ? damaged([error.message]) : error
    }
    return
  }
  const program = findProgram(methodOf(compression).programs)
  if (program === undefined) throw new Problem(programMissing(archive, compression))
  yield* throughProgram(bytes, { program, argv: argvFor(compression), signal, refused: damaged })
}

/** Why it cannot be undone on this machine, if so. */
export const lackingFor = (archive: string, compression: Compression): DiagnosticDraft | undefined =>
  isOfNode(compression) || findProgram(methodOf(compression).programs) !== undefined
    ? undefined
    : programMissing(archive, compression)

/** Node has zstd since 22.15; where it has not, a program does it. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: object) => Transform }

const isOfNode = (compression: Compression): boolean =>
  compression === 'gzip' || (compression === 'zstd' && createZstdDecompress !== undefined)

function streamFor(compression: Compression): Transform | undefined {
  const options = { chunkSize: pieceBytes, readableHighWaterMark: aheadBytes }
  if (compression === 'gzip') return zlib.createGunzip(options)
  if (compression !== 'zstd') return undefined
  const { ZSTD_d_windowLogMax = 0 } = zlib.constants as { ZSTD_d_windowLogMax?: number }
  return createZstdDecompress?.({ ...options, params: { [ZSTD_d_windowLogMax]: windowBits } })
}

function argvFor(compression: Compression): readonly string[] {
  if (compression === 'xz') return ['-dc', '-T0']
  return compression === 'zstd' ? ['-dcq', `--long=${windowBits}`] : ['-dc']
}

const isOfZlib = (error: unknown): error is Error =>
  /^(Z_|ZSTD_error_|ERR_TRAILING_JUNK)/.test(errorCode(error) ?? '')

const corruptArchive = (archive: string, compression: Compression, lines: readonly string[]): Problem =>
  new Problem({
    code: 'corrupt-archive',
    message: `${archive} is damaged: ${compression} cannot undo its compression to the end.`,
    evidence: lines.map(text => ({ label: 'found', text })),
    next: fetchAgain,
  })

function programMissing(archive: string, compression: Compression): DiagnosticDraft {
  const { programs, package: name } = methodOf(compression)
  return {
    code: 'program-missing',
    message: `${archive} is compressed with ${compression}, and no program that undoes it is on this machine.`,
    evidence: [{ label: 'wanted', text: `${programs.join(' or ')} on the PATH` }],
    next: `install the package ${name}, then build again.`,
  }
}
