/** Unpacks a compressed file that is no tar: it gives one file, named without the ending of its compression. */

import { join } from 'node:path'
import type { Pull } from '../../lib/io/pull.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { draftOf } from '../unzip/flaws.ts'
import { flawOfName, leavesItsFolder } from '../unzip/names.ts'
import { findRoot } from '../unzip/root.ts'
import type { UntarParams } from './params.ts'
import type { Room } from './room.ts'
import { writePieces } from './write.ts'

/** Written piece by piece. */
const pieceBytes = 1 << 20

export async function unpackSingle(
  name: string,
  content: Pull,
  params: UntarParams,
  bench: Workbench,
  room: Room,
): Promise<void> {
  refuse(name, params)
  const next = async (): Promise<Buffer | undefined> => {
    const piece = await content.some(pieceBytes)
    room.take(piece.length)
    return piece.length === 0 ? undefined : piece
  }
  const { bytes, sha256 } = await writePieces(join(bench.staging, name), next, bench.signal)
  bench.record(name, bytes, sha256)
}

function refuse(name: string, { root, target, places, fileName: archive }: UntarParams): void {
  const answer = findRoot([name], { root, target, archive, place: places.root })
  if (answer.form === 'refused') throw new Problem(answer.draft)
  const flaw = leavesItsFolder(name) ?? flawOfName(name)
  if (flaw) throw new Problem(draftOf(archive, flaw.code, [{ ...flaw, path: name }]))
}
