/** Why an image is not where an annotation says: what lies there instead, under almost the same path. Pure. */

import { withoutImageEnding } from '../../lib/model/image.ts'

export type Absence =
  /** `damaged`: it was built with that target, and removed or edited since. */
  | { readonly why: 'not-built' | 'damaged'; readonly target: string }
  | { readonly why: 'failed'; readonly told: string }
  | { readonly why: 'empty' | 'outside' | 'absent' }
  /** No target of the spec gives anything below this folder (below the root). `like`: one that may be meant. */
  | { readonly why: 'nobodys'; readonly folder: string; readonly like?: string }
  /** In words that follow the path: `not an image but text`. */
  | { readonly why: 'no-image'; readonly is: string }
  /** Paths below the root. `folders`: by how many, where it is more than one. */
  | { readonly why: 'deeper' | 'higher'; readonly there: string; readonly folders?: number }
  /** `backslash`, `percent`: with slashes in the place of backslashes, or `%20` read as a space, it is there. */
  | {
      readonly why: 'backslash' | 'percent' | 'ending' | 'case' | 'dash' | 'unicode'
      readonly there: string
    }

/** The same for names that people take for the same. */
const folded = (path: string): string => path.normalize('NFC').toLowerCase().replaceAll('_', '-')

/** Under which files that may be meant by a path are kept: its name, without ending and folded. */
export const keyOf = (path: string): string =>
  withoutImageEnding(folded(path.slice(path.lastIndexOf('/') + 1)))

/** Other ways to read a path that is not there: backslashes as slashes, then what is percent-encoded, too. */
export function readings(path: string): readonly string[] {
  if (!/[\\%]/.test(path)) return []
  const slashed = withSlashes(path)
  return [...new Set([slashed, decoded(slashed)])].filter(other => other !== path)
}

const withSlashes = (path: string): string => path.replaceAll('\\', '/')

/** As it is where that is no encoding. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** The nearest of the files of one key; undefined where all lie elsewhere. */
export function nearest(wanted: string, candidates: readonly string[]): Absence | undefined {
  const found = candidates.flatMap(there => compared(wanted, there) ?? [])
  const [first] = found.toSorted((a, b) => order.indexOf(a.why) - order.indexOf(b.why))
  if (first) return first
  const [far, ...others] = candidates.flatMap(there => farther(wanted, there) ?? [])
  // Names like 1.jpg lie in many folders: which one is meant, nobody knows.
  return others.length === 0 ? far : undefined
}

/** The whole of one path, folder and all, is the end of the other one. */
function farther(wanted: string, there: string): Absence | undefined {
  const folders = Math.abs(there.split('/').length - wanted.split('/').length)
  if (there.endsWith(`/${wanted}`)) return { why: 'deeper', there, folders }
  return there.includes('/') && wanted.endsWith(`/${there}`) ? { why: 'higher', there, folders } : undefined
}

const order: readonly Absence['why'][] = [
  'backslash',
  'percent',
  'unicode',
  'case',
  'dash',
  'ending',
  'deeper',
  'higher',
]

function compared(wanted: string, there: string): Absence | undefined {
  if (readings(wanted).includes(there))
    return { why: withSlashes(wanted) === there ? 'backslash' : 'percent', there }
  if (folded(wanted) === folded(there)) {
    if (wanted.normalize('NFC') === there.normalize('NFC')) return { why: 'unicode', there }
    return { why: wanted.toLowerCase() === there.toLowerCase() ? 'case' : 'dash', there }
  }
  if (folded(withoutImageEnding(wanted)) === folded(withoutImageEnding(there)))
    return { why: 'ending', there }
  if (isOneLonger(there, wanted)) return { why: 'deeper', there }
  return isOneLonger(wanted, there) ? { why: 'higher', there } : undefined
}

/** `a/b/b/x.jpg` and `a/b/x.jpg`: one folder more, somewhere. */
function isOneLonger(longer: string, shorter: string): boolean {
  const [long, short] = [longer.split('/'), shorter.split('/')]
  if (long.length !== short.length + 1) return false
  const parted = long.findIndex((part, i) => part !== short[i])
  return parted < long.length - 1 && long.toSpliced(parted, 1).join('/') === shorter
}

/** In words that follow the path. */
export function inWords(absence: Absence): string {
  switch (absence.why) {
    case 'not-built':
      return `belongs to ${absence.target}, which is not built`
    case 'damaged':
      return `was built with ${absence.target}, and removed or edited since`
    case 'failed':
      return `could not be fetched (${absence.told})`
    case 'empty':
      return 'is empty'
    case 'no-image':
      return `is ${absence.is}`
    case 'outside':
      return 'leads out of the playground'
    case 'absent':
      return 'is not there'
    case 'nobodys':
      return `is not there: no target gives ${absence.folder}/…${absence.like === undefined ? '' : `, but one gives ${absence.like}`}`
    case 'backslash':
      return `has backslashes, not slashes: ${absence.there}`
    case 'percent':
      return `is percent-encoded: ${absence.there}`
    case 'deeper':
      return `lies ${byFolders(absence)} deeper: ${absence.there}`
    case 'higher':
      return `lies ${byFolders(absence)} higher: ${absence.there}`
    case 'ending':
      return `has another ending: ${absence.there}`
    case 'case':
      return `differs by case: ${absence.there}`
    case 'dash':
      return `differs by - and _: ${absence.there}`
    case 'unicode':
      return `differs by Unicode form: ${absence.there}`
  }
}

const byFolders = ({ folders }: { readonly folders?: number }): string =>
  folders === undefined ? 'one folder' : `${folders} folders`

const howFar = (where: 'deeper' | 'higher', { folders }: { readonly folders?: number }): string =>
  folders === undefined ? `one folder ${where}` : `${where}, by ${folders} folders`

/** For a count of many: `12 have another ending`. */
export function ofMany(absence: Absence): string {
  switch (absence.why) {
    case 'not-built':
      return `below ${absence.target}, which is not built`
    case 'damaged':
      return `built with ${absence.target}, and removed or edited since`
    case 'failed':
      return 'could not be fetched'
    case 'empty':
      return 'empty'
    case 'no-image':
      return 'no images, by their first bytes'
    case 'outside':
      return 'leading out of the playground'
    case 'absent':
      return 'not there'
    case 'nobodys':
      return 'below no target of the spec'
    case 'backslash':
      return 'with backslashes'
    case 'percent':
      return 'percent-encoded'
    case 'deeper':
      return howFar('deeper', absence)
    case 'higher':
      return howFar('higher', absence)
    case 'ending':
      return 'with another ending'
    case 'case':
      return 'differing by case'
    case 'dash':
      return 'differing by - and _'
    case 'unicode':
      return 'differing by Unicode form'
  }
}
