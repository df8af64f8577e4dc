/** Numbered ranges in addresses: `part_{000..050}.tar` → 51 addresses. Pure. */

const mostParts = 10_000

/** The addresses in order, or half a sentence on why there are none. A text without a range is itself. */
export function writeOut(text: string): readonly string[] | string {
  let written: readonly string[] = ['']
  let end = 0
  for (const match of text.matchAll(/\{(\d+)\.\.(\d+)\}/g)) {
    const [range, from = '', to = ''] = match
    const numbers = between(from, to, range)
    if (typeof numbers === 'string') return numbers
    if (written.length * numbers.length > mostParts)
      return `has more than ${mostParts.toLocaleString('en-US')} parts`
    const before = text.slice(end, match.index)
    written = written.flatMap(start => numbers.map(number => start + before + number))
    end = match.index + range.length
  }
  const rest = text.slice(end)
  return written.map(start => start + rest)
}

/** As wide as the first number where that has leading zeros, like a shell does it. */
function between(from: string, to: string, range: string): readonly string[] | string {
  const first = Number(from)
  const count = Number(to) - first + 1
  if (count < 1) return `has the range ${range}, which counts down`
  if (!Number.isSafeInteger(Number(to)) || count > mostParts)
    return `has the range ${range} with more than ${mostParts.toLocaleString('en-US')} parts`
  const width = from.startsWith('0') || to.startsWith('0') ? Math.max(from.length, to.length) : 0
  return Array.from({ length: count }, (_, i) => String(first + i).padStart(width, '0'))
}
