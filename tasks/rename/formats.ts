/**
 * What each file of the parts is, by its content: an image that has to become JPEG, one that is JPEG, or none; and the name that
 * follows from it. Where the parts are gone it looks at what was made of them. Encodes nothing.
 */

import { join } from 'node:path'
import { glimpseOf } from '../../lib/io/glimpse.ts'
import { Turns } from '../../lib/io/turns.ts'
import type { Glimpse } from '../../lib/model/image/glimpse.ts'
import { imageHeadBytes, imageTypeOf } from '../../lib/model/image.ts'
import type { Manifest } from '../../lib/model/manifest.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { jpgNamed, jpgRecipe } from '../../lib/model/transcode.ts'
import { holds } from './assemble.ts'
import { type Ledger, readLedger } from './ledger.ts'
import type { PartFile } from './part-file.ts'

/** A file and the name that it gets. */
export interface Piece {
  readonly file: PartFile
  readonly name: string
  /** It is to become JPEG, of what lies there (absolute). */
  readonly encode?: string
}

export async function piecesOf(
  files: readonly PartFile[],
  names: readonly string[],
  bench: Workbench,
): Promise<readonly Piece[]> {
  const last = lastResult(bench)
  const turns = new Turns()
  const pieces: Piece[] = []
  for (const [i, file] of files.entries()) {
    pieces.push(pieceOf(file, names[i] as string, last, bench))
    if (!turns.isOver) continue
    bench.signal.throwIfAborted()
    await turns.next()
  }
  return pieces
}

function pieceOf(file: PartFile, name: string, last: LastResult, bench: Workbench): Piece {
  const kept = keptOf(file, name, last, bench)
  if (kept) return kept
  const path = file.origin.form === 'part' ? file.origin.path : last.pathOf(file)
  if (path === undefined) {
    // Neither it nor what was made of it lies there: the attempt ends here, and there is another one with the part.
    bench.want(file.part)
    throw new Error(`${file.part} was made again and lacks ${file.path}`)
  }
  const type = glimpseOf(path, file.bytes, typeOf)
  if (type === undefined) return { file, name }
  return { file, name: jpgNamed(name), ...(type !== 'jpeg' && { encode: path }) }
}

/** Whether a file, or the JPEG that was made of it, lies in the last result. */
export function keptIn(bench: Workbench): (file: PartFile, name: string) => boolean {
  const last = lastResult(bench)
  return (file, name) => keptOf(file, name, last, bench) !== undefined
}

/** What lies in the last result, and by the name that it has there need not be looked at. */
function keptOf(file: PartFile, name: string, last: LastResult, { intact }: Workbench): Piece | undefined {
  const done = last.jpegOf(file, jpgNamed(name))
  if (done) return { file: { ...file, ...done, origin: { form: 'last result' } }, name: jpgNamed(name) }
  if (file.origin.form === 'part') return undefined
  const there = [jpgNamed(name), name].find(own => holds(intact, own, file.sha256))
  return there === undefined ? undefined : { file, name: there }
}

const typeOf = (file: Glimpse) => imageTypeOf(file.at(0, imageHeadBytes))

interface LastResult {
  /** The JPEG that was made of a file, where it can be had again: where it is kept under this name, or will be linked from any. */
  jpegOf(file: PartFile, name: string): { readonly bytes: number; readonly sha256: string } | undefined
  /** Where the file itself lies as it is. */
  pathOf(file: PartFile): string | undefined
}

function lastResult({ shelf, final, intact, previous }: Workbench): LastResult {
  const manifest = intact ?? previous?.manifest
  const isTranscoded =
    intact !== undefined ||
    previous?.fingerprint.some(({ name, value }) => name === 'transcode' && value === jpgRecipe)
  const ledger: Ledger = isTranscoded ? readLedger(shelf) : new Map()
  const places = placesByContent(previous?.manifest)
  return {
    jpegOf({ sha256 }, name) {
      const to = ledger.get(sha256)
      if (to === undefined || manifest === undefined) return undefined
      const i = intact ? intact.find(name) : (places.get(to) ?? -1)
      return i >= 0 && manifest.sha256(i) === to ? { bytes: manifest.size(i), sha256: to } : undefined
    },
    pathOf({ sha256 }) {
      const i = places.get(sha256)
      return i === undefined ? undefined : join(final, previous?.manifest.path(i) ?? '')
    },
  }
}

function placesByContent(manifest: Manifest | undefined): ReadonlyMap<string, number> {
  return new Map(Array.from({ length: manifest?.count ?? 0 }, (_, i) => [manifest?.sha256(i) ?? '', i]))
}
