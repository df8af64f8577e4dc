/** Ranges in addresses: `part_{000..050}.tar` → 51 addresses, `part_{aa..ad}` → 4, as `split` names its pieces. Pure. */

import { formatCount } from './units.ts'

const mostParts = 10_000
const most = formatCount(mostParts)

/** The addresses in order, or half a sentence on why there are none. A text without a range is itself. */
export function writeOut(text: string): readonly string[] | string {
  let written: readonly string[] = ['']
  let end = 0
  for (const match of text.matchAll(/\{(\d+|[a-z]+|[A-Z]+)\.\.(\d+|[a-z]+|[A-Z]+)\}/g)) {
    const [range, from = '', to = ''] = match
    // {a..Z} and {1..b} count in no way that anybody agrees on: they are only text.
    if (kindOf(from) !== kindOf(to)) continue
    const names =
      kindOf(from) === 'digits' ? numbersBetween(from, to, range) : lettersBetween(from, to, range)
    if (typeof names === 'string') return names
    if (written.length * names.length > mostParts) return `has more than ${most} parts`
    const before = text.slice(end, match.index)
    written = written.flatMap(start => names.map(name => start + before + name))
    end = match.index + range.length
  }
  const rest = text.slice(end)
  return written.map(start => start + rest)
}

const kindOf = (name: string): 'digits' | 'small' | 'capital' =>
  /^\d/.test(name) ? 'digits' : /^[a-z]/.test(name) ? 'small' : 'capital'

/** As wide as the first number where that has leading zeros, like a shell does it. */
function numbersBetween(from: string, to: string, range: string): readonly string[] | string {
  const first = Number(from)
  const count = Number(to) - first + 1
  const flaw = flawOf(count, range)
  if (flaw !== undefined) return flaw
  const width = from.startsWith('0') || to.startsWith('0') ? Math.max(from.length, to.length) : 0
  return Array.from({ length: count }, (_, i) => String(first + i).padStart(width, '0'))
}

/** `az`, `ba`: the last letter counts fastest, as `split` does it. */
function lettersBetween(from: string, to: string, range: string): readonly string[] | string {
  if (from.length !== to.length) return `has the range ${range}, whose ends are not of one length`
  const zero = (kindOf(from) === 'small' ? 'a' : 'A').charCodeAt(0)
  const read = (name: string): number =>
    Array.from(name).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - zero, 0)
  const count = read(to) - read(from) + 1
  const flaw = flawOf(count, range)
  if (flaw !== undefined) return flaw
  const write = (number: number): string =>
    Array.from({ length: from.length }, (_, i) =>
      String.fromCharCode(zero + (Math.floor(number / 26 ** (from.length - 1 - i)) % 26)),
    ).join('')
  return Array.from({ length: count }, (_, i) => write(read(from) + i))
}

function flawOf(count: number, range: string): string | undefined {
  if (count < 1) return `has the range ${range}, which counts down`
  return count <= mostParts ? undefined : `has the range ${range} with more than ${most} parts`
}
