/** Lists of files as text, a line a file: for `sha256sum -c`, and as JSON lines. Pure; holds one chunk at a time. */

import type { PlacedFiles, Stretch } from '../model/file-list.ts'
import { inOrder } from '../model/file-list.ts'

/** One row of an index. Bytes as a number, SHA-256 in hex, `mtime` in whole milliseconds since 1970. */
export interface FileRow {
  readonly path: string
  readonly target: string
  readonly bytes: number
  readonly sha256: string
  readonly mtime: number
}

export const rowAt = ({ prefix, target, manifest }: Stretch, i: number): FileRow => ({
  path: prefix + manifest.path(i),
  target,
  bytes: manifest.size(i),
  sha256: manifest.sha256(i),
  mtime: Math.floor(manifest.mtimeMs(i)),
})

/** Relative to the root. */
export const sha256sumLines = (files: readonly PlacedFiles[]): Generator<string> =>
  inChunks(files, ({ path, sha256 }) => {
    const name = path.replace(/[\\\n\r]/g, escapes)
    return `${name === path ? '' : '\\'}${sha256}  ${name}\n`
  })

/** As coreutils escapes a name (`\r` since 9.0); a line with such a name begins with a backslash. */
const escapes = (character: string): string =>
  ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r' })[character] as string

export const jsonLines = (files: readonly PlacedFiles[]): Generator<string> =>
  inChunks(files, row => `${JSON.stringify({ ...row, mtime: new Date(row.mtime).toISOString() })}\n`)

const charactersPerChunk = 65_536

function* inChunks(files: readonly PlacedFiles[], lineOf: (row: FileRow) => string): Generator<string> {
  let chunk = ''
  for (const stretch of inOrder(files))
    for (let i = stretch.from; i < stretch.to; i += 1) {
      chunk += lineOf(rowAt(stretch, i))
      if (chunk.length < charactersPerChunk) continue
      yield chunk
      chunk = ''
    }
  if (chunk !== '') yield chunk
}
