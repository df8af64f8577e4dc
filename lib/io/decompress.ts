/**
 * Undoes a compression as the bytes pass: gzip by Node, the others by programs of the machine. Zeros may stand behind its
 * end, whatever it is, and nothing else. Knows no tar.
 */

import zlib from 'node:zlib'
import { Problem } from '../model/problem.ts'
import { type Compression, methodOf } from './compression.ts'
import { createZstdDecompress, programMissing } from './decompress/codecs.ts'
import { type Ended, upToFooter } from './decompress/footers.ts'
import { gunzip } from './decompress/gunzip.ts'
import { bytesAfter, type Undone } from './decompress/rest.ts'
import { framesOf } from './decompress/zstd-frames.ts'
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
  const undone: Undone = { archive, compression }
  try {
    if (compression === 'gzip') yield* gunzip(bytes, undone, options)
    else if (compression === 'zstd') yield* unzstd(framesOf(bytes, undone), undone, signal)
    else yield* byProgramToEnd(bytes, undone, signal)
  } catch (error) {
    throw isOfZlib(error) ? damaged(undone, [error.message]) : error
  }
}

async function* unzstd(
  frames: AsyncIterable<Buffer>,
  undone: Undone,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { ZSTD_d_windowLogMax = 0 } = zlib.constants as { ZSTD_d_windowLogMax?: number }
  const stream = createZstdDecompress?.({ ...options, params: { [ZSTD_d_windowLogMax]: windowBits } })
  if (stream) yield* through(frames, stream, stream)
  else yield* byProgram(frames, undone, signal)
}

async function* byProgramToEnd(
  bytes: AsyncIterable<Buffer>,
  undone: Undone,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const ended: Ended = { hasNoEnd: false }
  yield* byProgram(upToFooter(bytes, undone, ended), undone, signal)
  // It says of what stands behind the end that it is ignored, and is content.
  if (ended.hasNoEnd) throw bytesAfter(undone)
}

function byProgram(
  bytes: AsyncIterable<Buffer>,
  undone: Undone,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { archive, compression } = undone
  const program = findProgram(methodOf(compression).programs)
  if (program === undefined) throw new Problem(programMissing(archive, compression))
  const refused = (lines: readonly string[]): Problem => damaged(undone, lines)
  const complained = (lines: readonly string[]): Problem | undefined =>
    lines.some(isOfRest) ? bytesAfter(undone) : undefined
  return throughProgram(bytes, { program, argv: argvFor(compression), signal, refused, complained })
}

/** What bzip2 ignores: also where another stream follows behind it. */
const isOfRest = (line: string): boolean => line.includes('trailing garbage')

const options = { chunkSize: pieceBytes, readableHighWaterMark: aheadBytes }

function argvFor(compression: Compression): readonly string[] {
  if (compression === 'xz') return ['-dc', '-T0']
  return compression === 'zstd' ? ['-dcq', `--long=${windowBits}`] : ['-dc']
}

const isOfZlib = (error: unknown): error is Error =>
  /^(Z_|ZSTD_error_|ERR_TRAILING_JUNK)/.test(errorCode(error) ?? '')

const damaged = ({ archive, compression }: Undone, lines: readonly string[]): Problem =>
  new Problem({
    code: 'corrupt-archive',
    message: `${archive} is damaged: ${compression} cannot undo its compression to the end.`,
    evidence: lines.map(text => ({ label: 'found', text })),
    next: fetchAgain,
  })
