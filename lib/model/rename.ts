/**
 * The rule of `rename`: from a path and a template to another path, and which of the new names cannot stand together.
 * Pure: it knows neither patterns nor disks.
 *
 * `{dir}` is the folder, `{name}` the last part, `{stem}` and `{ext}` the name before and behind its last dot. Where
 * there is no folder or no ending, the slash behind `{dir}` and the dot before `{ext}` go with it: so
 * `{dir}/{stem}.{ext}` is every path itself.
 */

const field = /\{dir\}\/?|\.?\{ext\}|\{stem\}|\{name\}/g

/** The path under its new name; undefined where that would be no file inside of the target. */
export function renamed(path: string, template: string): string | undefined {
  const { dir, name, stem, ext } = partsOf(path)
  const filled = template.replace(field, written => {
    if (written === '{name}') return name
    if (written === '{stem}') return stem
    if (written.startsWith('{dir}')) return dir === '' ? '' : dir + written.slice('{dir}'.length)
    return ext === '' ? '' : written.slice(0, -'{ext}'.length) + ext
  })
  return filled.startsWith('/') || filled.endsWith('/') ? undefined : normalised(filled)
}

function partsOf(path: string): { dir: string; name: string; stem: string; ext: string } {
  const slash = path.lastIndexOf('/')
  const name = path.slice(slash + 1)
  const dot = name.lastIndexOf('.')
  // A leading dot begins a name, and a trailing one belongs to it.
  const cut = dot <= 0 || dot === name.length - 1 ? name.length : dot
  return { dir: path.slice(0, Math.max(0, slash)), name, stem: name.slice(0, cut), ext: name.slice(cut + 1) }
}

/** Without `.`, `..` and doubled slashes; undefined where it is empty or leads out. */
function normalised(path: string): string | undefined {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.length === 0 ? undefined : parts.join('/')
}

/** Two files that cannot both have their new names. */
export type Collision = {
  readonly first: number
  readonly second: number
  /** One name · names that differ only in case where case is folded · the first is a folder of the second. */
  readonly form: 'same' | 'case' | 'folder'
}

/** Which of the names cannot stand together, by index, in the order of the later of each two. */
export function collisionsAmong(names: readonly string[], foldsCase: boolean): readonly Collision[] {
  const keyOf = foldsCase ? folded : (name: string): string => name
  const holders = new Map<string, number>()
  const collisions: Collision[] = []
  for (const [second, name] of names.entries()) {
    const key = keyOf(name)
    const first = holders.get(key)
    if (first === undefined) holders.set(key, second)
    else collisions.push({ first, second, form: names[first] === name ? 'same' : 'case' })
  }
  for (const [second, name] of names.entries()) {
    const first = fileAbove(keyOf(name), holders)
    if (first !== undefined) collisions.push({ first, second, form: 'folder' })
  }
  return collisions
}

/** As file systems that fold case compare names: without case, accents composed. */
const folded = (name: string): string => name.normalize('NFC').toLowerCase()

function fileAbove(path: string, holders: ReadonlyMap<string, number>): number | undefined {
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
    const holder = holders.get(path.slice(0, cut))
    if (holder !== undefined) return holder
  }
  return undefined
}
