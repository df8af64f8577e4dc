/** Sentences of a conversation, as they stand inside the quotes of JSON: with escapes, and with letters of several bytes. Pure. */

import type { Dice } from '../../demo/pictures.ts'

const words =
  `a the of and in on with is are there two three several man woman people child dog cat bus street table kitchen
window building red white blue wooden large small bright visible wearing holding standing sitting next near behind across left right
background image picture scene appears suggests likely because while which also addition overall atmosphere position object details
traffic umbrella skateboard baseball player surfboard giraffe zebra elephant pizza laptop`.split(/\s+/)

/** A word that is not plain ASCII text: escaped as Python's `json.dump` does it, or as it is. */
const rare = [
  'caf\\u00e9',
  'na\\u00efve',
  '\\u201cstop\\u201d',
  'café',
  'Köln',
  '東京',
  '\\"Main St.\\"',
  '😀',
  'C:\\\\',
  '5\\t6',
]

const known = 4096

/** Gives one after the other, the same for the same dice. */
export function phrasesFrom(dice: Dice): () => string {
  const phrases = Array.from({ length: known }, () => phrase(dice))
  return () => phrases[dice(known)] as string
}

function phrase(dice: Dice): string {
  const chosen = Array.from({ length: 5 + dice(10) }, () => words[dice(words.length)] as string)
  if (dice(25) === 0) chosen.push(rare[dice(rare.length)] as string)
  const text = chosen.join(' ')
  return `${text[0]?.toUpperCase()}${text.slice(1)}.${dice(8) === 0 ? '\\n' : ' '}`
}
