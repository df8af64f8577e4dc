/** What is published for the bench: a large file that repeats nowhere, and a great many small pictures. */

import { createHash, randomFillSync } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { diceFrom, paint } from '../../demo/pictures.ts'

export interface Published {
  readonly name: string
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

export function publishFile(folder: string, name: string, bytes: number): Published {
  const path = join(folder, name)
  const file = openSync(path, 'wx')
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(16 << 20)
  for (let at = 0; at < bytes; at += piece.length) {
    const length = Math.min(piece.length, bytes - at)
    randomFillSync(piece)
    writeSync(file, piece, 0, length)
    hash.update(piece.subarray(0, length))
  }
  closeSync(file)
  return { name, path, bytes, sha256: hash.digest('hex') }
}

/** Paths of JPEG files below `folder`. Few are painted; a number behind its end makes each a file of its own. */
export async function publishPictures(folder: string, count: number): Promise<readonly string[]> {
  const dice = diceFrom(1)
  const painted = await Promise.all(Array.from({ length: 64 }, () => paint(dice, 'jpeg')))
  const paths: string[] = []
  for (let i = 0; i < count; i += 1) {
    const path = `pictures/${Math.floor(i / 1000)}/${i}.jpg`
    if (i % 1000 === 0) mkdirSync(join(folder, 'pictures', String(i / 1000)), { recursive: true })
    const number = Buffer.from(String(i))
    writeFileSync(join(folder, path), Buffer.concat([painted[i % painted.length] ?? number, number]))
    paths.push(path)
  }
  return paths
}
