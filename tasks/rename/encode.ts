/** Makes JPEG of the images that are none, in staging: several at once, in bounded memory, all or none. Knows no rules. */

import { hash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../lib/io/disk.ts'
import { glimpseOf } from '../../lib/io/glimpse.ts'
import { type JpegEncoder, mostPixels, openJpegEncoder, Unreadable } from '../../lib/io/jpeg.ts'
import { keepListing } from '../../lib/io/listing.ts'
import { whyUnreadable } from '../../lib/model/image-flaw.ts'
import { type Place, Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import type { Piece } from './formats.ts'
import { inLanes } from './lanes.ts'
import { keepLedger, type Ledger, readLedger } from './ledger.ts'
import { PixelBudget } from './pixel-budget.ts'
import { type Refused, unreadable } from './words.ts'

type ToEncode = Piece & { readonly encode: string }

/** Throws `unreadable-image`, of all of them together, when every image was tried. Gives the number of those that were made. */
export async function encodeAll(
  target: string,
  place: Place,
  pieces: readonly Piece[],
  bench: Workbench,
): Promise<number> {
  const open = pieces.filter((piece): piece is ToEncode => piece.encode !== undefined)
  const made = new Map<string, string>()
  const refused = open.length === 0 ? [] : await encodeOpen(open, pieces.length, made, bench)
  const list = keepListing(bench.shelf, 'not-transcoded.ndjson', refused)
  if (refused.length > 0) throw new Problem(unreadable(target, place, refused, open.length, list))
  keepLedger(bench.shelf, ledgerOf(pieces, made, bench))
  return open.length
}

async function encodeOpen(
  open: readonly ToEncode[],
  total: number,
  made: Map<string, string>,
  bench: Workbench,
): Promise<readonly Refused[]> {
  const encoder = await openJpegEncoder()
  bench.remark('sharp', encoder.version)
  const budget = new PixelBudget(mostPixels)
  const doubtful: ToEncode[] = []
  let done = 0
  await inLanes(encoder.atOnce, open, async piece => {
    bench.signal.throwIfAborted()
    if ((await encodeOne(piece, encoder, budget, made, bench)) !== undefined) doubtful.push(piece)
    done += 1
    bench.progress(done, total, 'files')
  })
  const refused = new Map<ToEncode, string>()
  // Once more alone: only then the library speaks of this one, and what only lacked memory beside the others is made.
  for (const piece of doubtful) {
    bench.signal.throwIfAborted()
    const words = await encodeOne(piece, encoder, budget, made, bench)
    const { encode, file } = piece
    if (words !== undefined)
      refused.set(
        piece,
        glimpseOf(encode, file.bytes, glimpse => whyUnreadable(glimpse, `sharp says: ${words}`)),
      )
  }
  return open
    .filter(piece => refused.has(piece))
    .map(piece => ({ path: piece.file.path, why: refused.get(piece) ?? '' }))
}

/** Gives the words of the library where the image cannot be read. */
async function encodeOne(
  { name, encode, file }: ToEncode,
  encoder: JpegEncoder,
  budget: PixelBudget,
  made: Map<string, string>,
  bench: Workbench,
): Promise<string | undefined> {
  let giveBack = (): void => {}
  try {
    giveBack = await budget.take(await encoder.pixelsOf(encode))
    const jpeg = await encoder.encode(encode)
    const sha256 = hash('sha256', jpeg)
    const to = join(bench.staging, name)
    makeFolder(dirname(to))
    writeFileSync(to, jpeg, { flag: 'wx' })
    bench.record(name, jpeg.length, sha256)
    made.set(file.sha256, sha256)
    return undefined
  } catch (error) {
    if (error instanceof Unreadable) return error.message
    throw error
  } finally {
    giveBack()
  }
}

/** What was made now, and of what was made before all that is still wanted. */
function ledgerOf(pieces: readonly Piece[], made: Ledger, { shelf }: Workbench): Ledger {
  const kept = new Set(pieces.filter(({ encode }) => encode === undefined).map(({ file }) => file.sha256))
  return new Map([...[...readLedger(shelf)].filter(([, to]) => kept.has(to)), ...made])
}
