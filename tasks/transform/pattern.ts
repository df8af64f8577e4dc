/**
 * Which regular expressions are taken as the pattern of a rewrite: those that end soon on any path. Pure.
 *
 * JavaScript's engine tries every way in which the parts of a pattern can share a text. Of a pattern without repeated groups
 * these are at most the product of its choices, times the length of the path for each part that repeats without end, and
 * once more where it may begin anywhere. Bounded here by the square of the length; what `(a+)+b` does to a path is refused.
 */

/** Ways to go that do not grow with the path: `a?`, `[ab]{1,3}`, `(a|b)`. */
const mostChoices = 100
/** Parts that repeat without end, where a match begins at the start of the path, and where it may begin anywhere. */
const mostRepeats = { anchored: 2, loose: 1 }
/** A longer text is no path that any disk has, and stays as it is. */
export const longestPath = 1024

const token =
  /\\[pP]\{[^}]*\}|\\k<[^>]*>|\\[^]|\[(?:\\[^]|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<[^>]*>)|[()|]|[*+?]\??|\{\d+(?:,\d*)?\}\??|[^]/gu

/** Half a sentence on what is wrong with a pattern; undefined where nothing is. */
export function patternFlaw(written: string): string | undefined {
  if (written === '') return 'is empty'
  try {
    patternOf(written)
  } catch (error) {
    const why = (error as Error).message.replace(/^.*: /, '')
    return `is not a regular expression: ${why.charAt(0).toLowerCase()}${why.slice(1)}`
  }
  return slowness(written)
}

/** As all patterns are read. */
export const patternOf = (written: string): RegExp => new RegExp(written, 'gu')

/** Of the alternatives in a group: ways through those that have ended, and through the one that is read. */
interface Ways {
  ended: number
  open: number
}

function slowness(written: string): string | undefined {
  const groups: Ways[] = [{ ended: 0, open: 1 }]
  const inner = (): Ways => groups.at(-1) as Ways
  let repeats = 0
  let before = ''
  for (const [part] of written.matchAll(token)) {
    if (/^\(\?<?[=!]/.test(part)) return `looks ahead or back with ${part}, ${forEver}`
    if (/^\\(?:[1-9]|k<)/.test(part)) return `has ${part}, a text that was found before, ${forEver}`
    if (part.startsWith('(')) groups.push({ ended: 0, open: 1 })
    else if (part === ')') {
      const { ended, open } = groups.pop() as Ways
      inner().open *= ended + open
    } else if (part === '|') {
      inner().ended += inner().open
      inner().open = 1
    }
    const repeat = /^(?:[*+?]|\{\d)/.test(part) ? repeatOf(part) : undefined
    if (repeat) {
      if (before === ')' && repeat.most !== 1) return `repeats a group with ${part}, ${forEver}`
      if (repeat.most === undefined) repeats += 1
      else inner().open *= repeat.most - repeat.least + 1
    }
    before = part
  }
  const { ended, open } = inner()
  if (ended + open > mostChoices) return `leaves more than ${mostChoices} ways to match, ${forEver}`
  const isAnchored = written.startsWith('^') && ended === 0
  if (repeats <= (isAnchored ? mostRepeats.anchored : mostRepeats.loose)) return undefined
  return isAnchored || repeats > mostRepeats.anchored
    ? `has ${repeats} parts that repeat without end, ${forEver}`
    : `has ${repeats} parts that repeat without end and may begin anywhere: begin it with ^`
}

const forEver = 'which can take for ever'

function repeatOf(part: string): { readonly least: number; readonly most: number | undefined } {
  if (part.startsWith('?')) return { least: 0, most: 1 }
  const [, least = '0', comma, most] = /^\{(\d+)(,)?(\d*)\}/.exec(part) ?? [
    '',
    part.startsWith('+') ? '1' : '0',
    ',',
    '',
  ]
  if (comma === undefined) return { least: Number(least), most: Number(least) }
  return { least: Number(least), most: most === '' ? undefined : Number(most) }
}

/** Half a sentence on what is wrong with a replacement of what a pattern finds. */
export function replacementFlaw(match: string, to: string): string | undefined {
  // With an empty alternative it matches anything, and tells its groups.
  const groups = new RegExp(`${match}|`, 'u').exec('') as RegExpExecArray
  const names = Object.keys(groups.groups ?? {})
  for (const [whole, digits, name] of to.matchAll(/\$(?:\$|&|(\d{1,2})|<([^>]*)>|)/g)) {
    if (whole === '$$' || whole === '$&') continue
    if (whole === '$') return 'has a lone $: write $$ for the sign itself'
    if (name !== undefined && !names.includes(name))
      return `has ${whole}, but no group of "match" is called that`
    const count = groups.length - 1
    if (digits !== undefined && (Number(digits) === 0 || Number(digits) > count))
      return `has ${whole}, but "match" has ${count === 0 ? 'no groups' : count === 1 ? 'one group' : `${count} groups`}`
  }
  return undefined
}
