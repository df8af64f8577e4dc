/** Tells a mistake in a JSON file to the user: what was wanted and found, where, and what the file may be instead. Pure. */

import { Problem } from '../../model/problem.ts'
import { formatCount } from '../../model/units.ts'
import { type Mistake, restOfLine } from './mistake.ts'
import type { JsonType } from './scanning.ts'

export interface Setting {
  /** The file's name, for the message. */
  readonly name: string
  /** Records that had begun. */
  readonly records: number
  /** Of the top-level value; undefined before it begins, where the first bytes tell what the file is instead. */
  readonly type: JsonType | undefined
  /** It was read as one value a line, and begins with an array that nothing follows yet. */
  readonly isOneArray: boolean
}

export function invalidJson(mistake: Mistake, setting: Setting): Problem {
  const { wanted, spot } = mistake
  if (setting.isOneArray && wanted === restOfLine)
    return oneArray(setting.name, 'one array, over several lines')
  const guise = setting.type ? undefined : guiseOf(spot.after)
  const from = { file: setting.name, line: spot.line, column: spot.column, length: 1 }
  return new Problem({
    code: 'invalid-json',
    message: guise ? `${setting.name} is ${guise.is}, not JSON.` : messageOf(mistake, setting),
    evidence: [
      { label: 'wanted', text: wanted },
      { label: 'found', text: `${byteWords(spot.after[0])}${afterWords(spot)}`, from },
      { label: 'at', text: `${recordWords(setting)}byte ${formatCount(spot.offset)}` },
    ],
    next: guise?.next ?? nextStep(mistake, setting),
  })
}

/** A file that is named as JSON lines and is none. */
export function oneArray(name: string, found = 'one array, on one line'): Problem {
  const right = name.replace(/[^.]*$/, 'json')
  return new Problem({
    code: 'invalid-json',
    message: `${name} is JSON, not JSON lines.`,
    evidence: [
      { label: 'wanted', text: 'a record on each line, as the name says' },
      { label: 'found', text: found },
    ],
    next: `name it ${right}, where it is yours; \`file: ${right}\` instead of \`json:\` places it under that name, unchecked.`,
  })
}

function messageOf({ spot }: Mistake, { name, records, type }: Setting): string {
  const record = `record ${formatCount(records)}`
  const inside = records > 0 && spot.nesting > 1
  if (isCut(spot)) {
    if (!type) return `${name} is empty.`
    if (records === 0) return `${name} ends too early.`
    return inside
      ? `${name} ends inside ${record}.`
      : `${name} ends after ${record}, before its ${type} does.`
  }
  if (type && spot.nesting === 0) return `${name} goes on after its JSON value.`
  if (records === 0) return `${name} is not valid JSON.`
  return inside
    ? `${name} is not valid JSON: ${record} has a mistake.`
    : `${name} is not valid JSON after ${record}.`
}

const isCut = (spot: Mistake['spot']): boolean => spot.after.length === 0

const recordWords = ({ records }: Setting): string =>
  records > 0 ? `record ${formatCount(records)} (the first is 1), ` : ''

interface Guise {
  /** `a web page` */
  readonly is: string
  readonly next: string
}

const guises: readonly (Guise & { readonly first: Buffer })[] = [
  {
    first: Buffer.from('<'),
    is: 'a web page',
    next: 'open the address in a browser: it may want a login, or lead to a page about the file.',
  },
  { first: Buffer.from('PK'), is: 'a zip archive', next: 'write `unzip:` instead of `json:`.' },
  {
    first: Buffer.from([0x1f, 0x8b]),
    is: 'compressed with gzip',
    next: 'unpack it with `untar:`, or look for a JSON file beside it.',
  },
  {
    first: Buffer.from('PAR1'),
    is: 'a Parquet file',
    next: 'look for a JSON file beside it, or place it as it is with `file:`.',
  },
  {
    first: Buffer.from('version https://git-lfs'),
    is: 'a pointer of Git LFS',
    next: 'use the address of the file itself: on Hugging Face with /resolve/ instead of /raw/.',
  },
  {
    first: Buffer.from([0xef, 0xbb, 0xbf]),
    is: 'text that begins with a byte order mark',
    next: 'save a copy as UTF-8 without the mark: training code would refuse it too.',
  },
  {
    first: Buffer.from([0xff, 0xfe]),
    is: 'text in UTF-16',
    next: 'save a copy as UTF-8: training code would refuse it too.',
  },
  {
    first: Buffer.from([0xfe, 0xff]),
    is: 'text in UTF-16',
    next: 'save a copy as UTF-8: training code would refuse it too.',
  },
]

/** What a file is that does not even begin like JSON. */
const guiseOf = (bytes: Buffer): Guise | undefined =>
  guises.find(({ first }) => bytes.subarray(0, first.length).equals(first))

function nextStep({ spot }: Mistake, { type }: Setting): string {
  const rest = spot.after.toString('latin1')
  if (isCut(spot))
    return 'compare its size with the published one: if smaller, build again; if not, their copy is cut.'
  if (type && spot.nesting === 0 && /^[[{]/.test(rest))
    return 'write its values into one array, or each on a line of its own, or place it with `file:`.'
  if (/^(?:NaN|Infinity|None|True|False|')/.test(rest))
    return 'this is how Python writes values, not JSON: write it again with json.dump(…, allow_nan=False).'
  return 'tell the publisher, or mend a copy and name that; `file:` instead of `json:` places it unchecked.'
}

const byteNames = new Map([
  [0x09, 'a tab'],
  [0x0a, 'a line break'],
  [0x0d, 'a carriage return'],
  [0x20, 'a space'],
])

function byteWords(byte: number | undefined): string {
  if (byte === undefined) return 'the end of the file'
  if (byte > 0x20 && byte < 0x7f) return String.fromCharCode(byte)
  return byteNames.get(byte) ?? `byte 0x${byte.toString(16).padStart(2, '0')}`
}

/** Characters shown before a mistake. */
const shown = 32

/** ` after …"value": "hi"}`: the last characters on one line, safe for a terminal. */
function afterWords({ before, offset }: Mistake['spot']): string {
  const text = before.subarray(before.findIndex(byte => (byte & 0xc0) !== 0x80)).toString()
  const characters = Array.from(text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim())
  if (characters.length === 0) return ''
  const isAll = offset === before.length && characters.length <= shown
  return ` after ${isAll ? '' : '…'}${characters.slice(-shown).join('')}`
}
