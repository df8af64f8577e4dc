/** Counts what the records of an annotation say: turns, words, and which images. Reads it once, front to back; knows no tree. */

import { prefixOf } from '../model/annotation.ts'
import type { AnnotationStats, ImageSource } from '../model/stats.ts'
import { type JsonReading, recordsOf } from './json-stream.ts'

type Tally = Omit<AnnotationStats, 'target' | 'path'>

/** Throws a Problem `invalid-json`, and what reading throws. Of a record that is too long to be held only images are counted. */
export async function tallyOf(path: string, reading: JsonReading): Promise<Tally> {
  const sum = { records: 0, textOnly: 0, turns: 0, words: 0, images: 0 }
  let odd = 0
  const sources = new Map<string, number>()
  for await (const batch of recordsOf(path, reading)) {
    for (let i = 0; i < batch.count; i += 1) {
      const value = batch.imageValue(i)
      const images = value.images.filter(path => path !== '')
      sum.records += 1
      sum.images += images.length
      if (value.odd !== undefined) odd += 1
      else if (images.length === 0) sum.textOnly += 1
      for (const image of images) sources.set(prefixOf(image), (sources.get(prefixOf(image)) ?? 0) + 1)
      if (batch.passed) continue
      for (const text of turnsOf(JSON.parse(batch.record(i).toString()))) {
        sum.turns += 1
        sum.words += wordsIn(text)
      }
    }
  }
  return { ...sum, ...(odd > 0 && { odd }), sources: mostFirst(sources) }
}

/** What is said in each turn; one that is no text says nothing. */
function turnsOf(record: unknown): readonly string[] {
  const turns = (record as { readonly conversations?: unknown } | null)?.conversations
  if (!Array.isArray(turns)) return []
  return turns.map(turn => {
    const said = (turn as { readonly value?: unknown } | null)?.value
    return typeof said === 'string' ? said : ''
  })
}

const placeholder = '<image>'

/** Runs of anything but white space. The place of an image is none, and parts words. */
export function wordsIn(text: string): number {
  const said = text.includes(placeholder) ? text.replaceAll(placeholder, ' ') : text
  let words = 0
  let isInside = false
  for (let i = 0; i < said.length; i += 1) {
    const isBlank = isWhiteSpace(said.charCodeAt(i))
    if (!isBlank && !isInside) words += 1
    isInside = !isBlank
  }
  return words
}

/** As `\s` has it. */
const isWhiteSpace = (code: number): boolean =>
  code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0xa0 && /\s/.test(String.fromCharCode(code)))

const mostFirst = (sources: ReadonlyMap<string, number>): readonly ImageSource[] =>
  [...sources]
    .map(([prefix, images]) => ({ prefix, images }))
    .toSorted((a, b) => b.images - a.images || (a.prefix < b.prefix ? -1 : 1))
