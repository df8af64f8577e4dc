/**
 * An annotation of the shape of LLaVA's mix665k: records by dataset as it has them, text-only ones among them, and conversations
 * of a few turns. The same for the same seed. Knows no contestant.
 */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { type Dice, diceFrom } from '../../demo/pictures.ts'
import { ending } from '../ending.ts'
import { phrasesFrom } from './phrases.ts'
import type { Shelf } from './shelves.ts'

export type Style = 'compact' | 'pretty'

export interface Mix {
  readonly records: number
  /** Of the file, but for the last sentences of a record. */
  readonly bytes: number
  readonly style: Style
}

/** What a reader has to find. */
export interface Content {
  readonly records: number
  readonly textOnly: number
  /** Records whose image is not there, and how many images these are. */
  readonly lacking: number
  readonly lost: number
}

/** Records of mix665k by target; the rest has no image. */
const shares: Readonly<Record<string, number>> = {
  'coco/train2017': 364_100,
  'vg/VG_100K': 51_850,
  'vg/VG_100K_2': 34_567,
  'ocr_vqa/images': 80_000,
  'gqa/images': 72_140,
  'textvqa/train_images': 21_953,
}
export const usual = { records: 665_298, bytes: 1.03e9 }
/** One image in so many is not there. */
const lossEvery = 2000

/** What opens, stands between and closes. */
type Brackets = readonly [open: string, between: string, close: string]

interface Frame {
  readonly all: Brackets
  readonly record: Brackets
  readonly turns: Brackets
  readonly turn: Brackets
  readonly colon: string
}

/** As `JSON.stringify` writes it, and with an indent of two. */
const frames: Readonly<Record<Style, Frame>> = {
  compact: {
    all: ['[', ',', ']'],
    record: ['{', ',', '}'],
    turns: ['[', ',', ']'],
    turn: ['{', ',', '}'],
    colon: ':',
  },
  pretty: {
    all: ['[\n  ', ',\n  ', '\n]'],
    record: ['{\n    ', ',\n    ', '\n  }'],
    turns: ['[\n      ', ',\n      ', '\n    ]'],
    turn: ['{\n        ', ',\n        ', '\n      }'],
    colon: ': ',
  },
}

const block = ([open, between, close]: Brackets, parts: readonly string[]): string =>
  open + parts.join(between) + close

const pieceBytes = 1 << 20

/** Writes the file, and tells what is in it. */
export async function writeMix(path: string, mix: Mix, shelves: readonly Shelf[]): Promise<Content> {
  const maker = new Maker(mix, shelves)
  const { all } = frames[mix.style]
  const file = createWriteStream(path, { highWaterMark: pieceBytes })
  let piece = all[0]
  for (let i = 0; i < mix.records; i += 1) {
    piece += (i === 0 ? '' : all[1]) + maker.record(i)
    if (piece.length < pieceBytes) continue
    ending.throwIfAborted()
    if (!file.write(piece)) await once(file, 'drain')
    piece = ''
  }
  file.end(piece + all[2])
  await once(file, 'close')
  return maker.content
}

class Maker {
  readonly #mix: Mix
  readonly #frame: Frame
  readonly #dice: Dice
  readonly #phrase: () => string
  /** By the share of each, and the one without images last. */
  readonly #shelves: readonly (readonly [upTo: number, Shelf])[]
  readonly #lost = new Set<string>()
  #bytesLeft: number
  #textOnly = 0
  #lacking = 0
  #images = 0

  constructor(mix: Mix, shelves: readonly Shelf[]) {
    this.#mix = mix
    this.#frame = frames[mix.style]
    this.#dice = diceFrom(665)
    this.#phrase = phrasesFrom(this.#dice)
    this.#bytesLeft = mix.bytes
    let upTo = 0
    this.#shelves = Object.entries(shares).map(([target, records]) => {
      const shelf = shelves.find(each => each.target === target)
      if (!shelf) throw new Error(`no ${target} among the targets`)
      upTo += records
      return [upTo, shelf] as const
    })
  }

  get content(): Content {
    return {
      records: this.#mix.records,
      textOnly: this.#textOnly,
      lacking: this.#lacking,
      lost: this.#lost.size,
    }
  }

  record(i: number): string {
    const chosen = this.#dice(usual.records)
    const shelf = this.#shelves.find(([upTo]) => chosen < upTo)?.[1]
    const { colon, record } = this.#frame
    const field = (key: string, value: string): string => `"${key}"${colon}${value}`
    // Half as long as there is room for, to half as long again.
    const room = this.#bytesLeft / (this.#mix.records - i)
    const conversations = field('conversations', this.#turns(room * (0.5 + this.#dice(1000) / 1000), shelf))
    const text = block(record, [...this.#head(i, shelf, field), conversations])
    this.#bytesLeft -= Buffer.byteLength(text) + 2
    return text
  }

  /** Of some datasets the `id` is a number; what has no image says an empty model. */
  #head(i: number, shelf: Shelf | undefined, field: (key: string, value: string) => string): string[] {
    if (!shelf) {
      this.#textOnly += 1
      return [field('id', `"${(i * 7919).toString(36)}_0"`), field('model', '""')]
    }
    const name = shelf.name(this.#index(shelf))
    const image = `${shelf.target}/${name}`
    if (this.#isLost) this.#lost.add(image)
    const stem = name.replace(/\..*/, '')
    const id = shelf.target.startsWith('vg/') ? stem : `"${stem}"`
    return [field('id', id), field('image', `"${image}"`)]
  }

  get #isLost(): boolean {
    return this.#images % lossEvery === 0
  }

  #index({ files }: Shelf): number {
    this.#images += 1
    if (!this.#isLost) return this.#dice(files)
    this.#lacking += 1
    return files + this.#dice(files)
  }

  /** One question and one answer, or several. */
  #turns(bytes: number, shelf: Shelf | undefined): string {
    const { colon, turn, turns } = this.#frame
    const perTurn = `"from"${colon}"human""value"${colon}""`.length + turn.join('').length + turns[1].length
    const pairs = 1 + this.#dice(Math.min(9, Math.floor(bytes / 250)))
    let left = bytes - 100
    const said = (from: string, value: string): string => {
      left -= perTurn + value.length
      return block(turn, [`"from"${colon}"${from}"`, `"value"${colon}"${value}"`])
    }
    const all: string[] = []
    for (let pair = 0; pair < pairs; pair += 1) {
      const room = left / (pairs - pair)
      const before = left
      all.push(said('human', (pair === 0 && shelf ? '<image>\\n' : '') + this.#phrase()))
      let answer = this.#phrase()
      while (before - left + perTurn + answer.length < room) answer += this.#phrase()
      all.push(said('gpt', answer))
    }
    return block(turns, all)
  }
}
