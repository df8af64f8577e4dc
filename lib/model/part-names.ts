/**
 * How programs name the parts of an archive that they cut, and what the names say: what the whole is called, in which order
 * the parts are, and which are missing. Pure.
 */

import { parseAddress } from './address.ts'

export interface Series {
  /** What the parts make together: `images.zip`. */
  readonly whole: string
  /** All of them in their order, also those that are not among the names. */
  readonly inOrder: readonly string[]
}

/** Undefined where the names are not those of parts of one file. */
export const seriesOf = (names: readonly string[]): Series | undefined => spanned(names) ?? counted(names)

/** What is at these addresses together, where their names say so. */
export function wholeName(addresses: readonly string[]): string | undefined {
  const parsed = addresses.map(parseAddress)
  return seriesOf(parsed.flatMap(address => (typeof address === 'string' ? [] : [address.fileName])))?.whole
}

interface Part {
  readonly name: string
  /** In digits or letters; the last part of one that was spanned has none. */
  readonly count: string
}

/** `a.z01`, `a.z02`, …, `a.zip`: the last part bears the name of the whole. */
function spanned(names: readonly string[]): Series | undefined {
  const parts = names.map(name => {
    const { stem, count = '' } = /^(?<stem>.+)\.(?:z(?<count>\d{2,3})|zip)$/i.exec(name)?.groups ?? {}
    return { stem, name, count }
  })
  const stem = parts[0]?.stem
  const before = parts.filter(({ count }) => count !== '')
  if (stem === undefined || before.length === 0 || parts.some(part => part.stem !== stem)) return undefined
  const whole = parts.find(({ count }) => count === '')?.name ?? `${stem}.zip`
  return { whole, inOrder: [...filled(before, 1, count => `${stem}.z${count}`), whole] }
}

/** An archive's own ending, or the word "part": not everything with a number at its end is one. */
const countedName =
  /^(?:(?<archive>.+\.(?:zip|tar|tar\.(?:gz|bz2|xz|zst)|t(?:gz|bz2?|xz|zst)))(?:[._-]|[._-]part[._-]?)|(?<other>.+?)[._-]part[._-]?)(?<count>\d{1,5}|[a-z]{2,3})$/i

/** `a.zip.001`, `a.tar.gz.part-aa`: of a file that was only cut. */
function counted(names: readonly string[]): Series | undefined {
  const parts = names.map(name => {
    const { archive, other, count = '' } = countedName.exec(name)?.groups ?? {}
    return { whole: archive ?? other, head: name.slice(0, name.length - count.length), name, count }
  })
  const [first] = parts
  if (first?.whole === undefined || parts.some(({ head }) => head !== first.head)) return undefined
  const { whole, head } = first
  if (parts.every(({ count }) => /^\d+$/.test(count))) {
    const areYears = parts.every(({ count }) => /^[1-9]\d{3}/.test(count))
    // Which number the first has is up to who named them.
    const from = Math.min(...parts.map(({ count }) => Number(count)))
    return areYears ? undefined : { whole, inOrder: filled(parts, from, count => head + count) }
  }
  // `split` counts in letters, from aa.
  const isLettered = parts.every(({ count }) => /^[a-z]+$/i.test(count))
  if (!isLettered || !parts.some(({ count }) => /^a+$/i.test(count))) return undefined
  return { whole, inOrder: [...new Set(names)].toSorted() }
}

/** Every number from `from` up to the greatest, as wide as the first is written. */
function filled(parts: readonly Part[], from: number, named: (count: string) => string): readonly string[] {
  const known = new Map(parts.map(({ name, count }) => [Number(count), name]))
  const width = parts[0]?.count.length ?? 0
  return Array.from(
    { length: Math.max(...known.keys()) + 1 - from },
    (_, i) => known.get(from + i) ?? named(String(from + i).padStart(width, '0')),
  )
}
