/** The archives that are published, each made when it is first asked for, once a run. Knows no contestant. */

import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'
import { type Dice, diceFrom } from '../../demo/pictures.ts'
import { ending } from '../ending.ts'
import type { Amount } from '../playing.ts'
import { contentFrom } from './content.ts'
import { type Packed, writeZip } from './zip-file.ts'

export type CorpusName = 'deflated' | 'stored' | 'small' | 'directory'

export interface Amounts {
  /** Bytes of what the large archives hold. */
  readonly large: number
  /** Files of the archive of small ones. */
  readonly small: number
  /** Entries of the archive that is all directory. */
  readonly entries: number
}

export interface Corpus {
  readonly name: CorpusName
  readonly path: string
  /** Of the archive. */
  readonly bytes: number
  readonly sha256: string
  readonly files: number
  /** What the unpacked files take on disk, in whole blocks. */
  readonly treeBytes: number
}

interface Shape {
  readonly files: number
  readonly method: Packed['method']
  /** Of one file. */
  readonly meanBytes: number
  readonly path: (index: number, dice: Dice) => string
}

/** A thousand files a folder. */
const numbered = (index: number): string => `${digits(5, Math.floor(index / 1000))}/${digits(9, index)}.jpg`

/** As in LLaVA-Pretrain: `00001/000015879.jpg`. */
function sparse(index: number, dice: Dice): string {
  const name = digits(9, index * 11 + dice(11))
  return `${name.slice(0, 5)}/${name}.jpg`
}

const digits = (count: number, value: number): string => String(value).padStart(count, '0')

const largeFileBytes = 150_000

function shapeOf(name: CorpusName, { large, small, entries }: Amounts): Shape {
  const files = Math.round(large / largeFileBytes)
  const usual = { files, method: 'deflated', meanBytes: largeFileBytes, path: numbered } as const
  switch (name) {
    case 'deflated':
      return usual
    case 'stored':
      return { ...usual, method: 'stored' }
    case 'small':
      return { ...usual, files: small, meanBytes: 4000 }
    case 'directory':
      return { files: entries, method: 'stored', meanBytes: 0, path: sparse }
  }
}

/** Before any is made: what the archive takes, and its tree. Generous. */
export function forecast(
  name: CorpusName,
  amounts: Amounts,
): { readonly archive: Amount; readonly tree: Amount } {
  const { files, meanBytes } = shapeOf(name, amounts)
  return {
    archive: { bytes: files * (meanBytes + 150), files: 1 },
    tree: { bytes: files * (meanBytes + 4096), files },
  }
}

/** Makes each only once. */
export function corporaIn(folder: string, amounts: Amounts): (name: CorpusName) => Promise<Corpus> {
  const made = new Map<CorpusName, Promise<Corpus>>()
  return name => {
    const corpus = made.get(name) ?? make(folder, name, shapeOf(name, amounts))
    made.set(name, corpus)
    return corpus
  }
}

async function make(folder: string, name: CorpusName, shape: Shape): Promise<Corpus> {
  const path = join(folder, `${name}.zip`)
  const { bsize } = statfsSync(folder)
  let treeBytes = 0
  async function* counted(): AsyncGenerator<Packed> {
    for await (const entry of entriesOf(shape)) {
      treeBytes += Math.ceil(entry.bytes / bsize) * bsize
      yield entry
    }
  }
  const { bytes, sha256 } = await writeZip(path, counted())
  return { name, path, bytes, sha256, files: shape.files, treeBytes }
}

/** So many are packed side by side. */
const batch = 64

async function* entriesOf({ files, method, meanBytes, path }: Shape): AsyncGenerator<Packed> {
  const dice = diceFrom(files)
  const next = await contentFrom(files)
  for (let done = 0; done < files; done += batch) {
    ending.throwIfAborted()
    const packing = Array.from({ length: Math.min(batch, files - done) }, (_, i) => {
      const index = done + i
      const name = path(index, dice)
      const content = meanBytes === 0 ? Buffer.from(String(index)) : next(sizeAround(meanBytes, dice))
      return pack(name, method, content)
    })
    yield* await Promise.all(packing)
  }
}

/** Half as much to half as much again. */
const sizeAround = (mean: number, dice: Dice): number => Math.round(mean / 2) + dice(mean)

const deflated = promisify(deflateRaw)

const pack = async (path: string, method: Packed['method'], content: Buffer): Promise<Packed> => ({
  path,
  method,
  packed: method === 'stored' ? content : await deflated(content),
  bytes: content.length,
  crc32: crc32(content),
})
