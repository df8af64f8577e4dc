/**
 * Files in targets that no record names: one walk a target, that follows no link and enters neither the state folder nor
 * another target. Where nobody can tell what belongs there, nothing is strange. Where it is known what of a target is not
 * there, only folders that hold another number of names than they have to are walked.
 */

import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { look } from '../io/disk.ts'
import { Turns } from '../io/turns.ts'
import { stateFolder } from '../model/layout.ts'
import { type Holding, has, hasBelow, type Places } from '../model/places.ts'
import type { Removal } from './removal.ts'
import { crowdOf } from './strangers/crowd.ts'

export interface Strangers {
  readonly target: string
  readonly files: number
  readonly bytes: number
  /** Below the target, a few. */
  readonly examples: readonly string[]
  /** It was not looked into: something of it is not built, or its record cannot be read; or the way there is a link. */
  readonly unknown: 'unbuilt' | 'link' | undefined
}

interface World {
  readonly removal: Removal
  /** Of the tasks of the spec, and of those that are gone. */
  readonly places: readonly Places[]
  readonly targets: Places<{ readonly at: string }>
  readonly signal: AbortSignal
  /** What is recorded of a target and not there, below the root; undefined where that is not known of all of it. */
  readonly lacking?: (target: string) => readonly string[] | undefined
  /** Folders that held nothing strange when they were last changed (ctimeMs), by path below the root. */
  readonly quiet?: ReadonlyMap<string, number>
  /** Hears of folders that hold nothing strange. */
  readonly onQuiet?: (folder: string, ctimeMs: number) => void
}

const fewExamples = 5

/** Removes them, where that is meant. */
export async function strangersIn(target: string, world: World): Promise<Strangers> {
  const { removal, places } = world
  const none = { target, files: 0, bytes: 0, examples: [], unknown: undefined }
  if (look(join(removal.root, target)) === undefined) return none
  if (removal.way(target) !== 'plain') return { ...none, unknown: 'link' }
  if (places.some(each => each.meeting(target).some(isUntold))) return { ...none, unknown: 'unbuilt' }
  const { files, bytes } = removal
  const examples: string[] = []
  const lacking = world.lacking?.(target)
  const crowd = lacking && crowdIn(target, lacking, world)
  const folders = crowd ? crowded(crowd, world) : [target]
  for await (const path of walk(folders, world, crowd)) {
    if (examples.length < fewExamples) examples.push(path.slice(target.length + 1))
    removal.file(path, look(join(removal.root, path))?.size ?? 0)
  }
  removal.emptyFolders()
  return { ...none, files: removal.files - files, bytes: removal.bytes - bytes, examples }
}

const isUntold = ({ manifest }: Holding): boolean => manifest() === undefined

function crowdIn(
  target: string,
  lacking: readonly string[],
  { places, targets }: World,
): ReadonlyMap<string, number> {
  const holdings = places.flatMap(each => each.meeting(target))
  return crowdOf(target, { holdings, lacking, inner: targets.below(target) })
}

/** Those that hold another number of names than they have to. */
function* crowded(crowd: ReadonlyMap<string, number>, world: World): Generator<string> {
  for (const [folder, names] of crowd) {
    const path = join(world.removal.root, folder)
    const changed = look(path)?.ctimeMs
    if (changed === undefined) continue
    if (world.quiet?.get(folder) === changed || readdirSync(path).length === names)
      world.onQuiet?.(folder, changed)
    else yield folder
  }
}

/** Paths below the root, of folders and of what lies below them, but for folders that are known. */
async function* walk(
  folders: Iterable<string>,
  world: World,
  known: ReadonlyMap<string, number> | undefined,
): AsyncGenerator<string> {
  const turns = new Turns()
  const treesAround = (path: string): readonly Holding[] =>
    world.places.flatMap(each => each.around(path)).filter(isTree)
  for (const top of folders) {
    const open: { readonly folder: string; readonly trees: readonly Holding[] }[] = [
      { folder: top, trees: treesAround(top) },
    ]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (turns.isOver) await turns.next()
      world.signal.throwIfAborted()
      const entries = readdirSync(join(world.removal.root, next.folder), { withFileTypes: true })
      for (const entry of entries.toSorted(byName)) {
        const path = `${next.folder}/${entry.name}`
        const here = world.places.flatMap(places => places.at(path))
        if (!entry.isDirectory()) {
          if (isStrange(path, entry.isSymbolicLink(), [...next.trees, ...here], world)) yield path
        } else if (
          entry.name !== stateFolder &&
          world.targets.at(path).length === 0 &&
          known?.has(path) !== true
        ) {
          const inner = here.filter(isTree)
          open.push({ folder: path, trees: inner.length === 0 ? next.trees : [...next.trees, ...inner] })
        }
      }
    }
  }
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1)

const isTree = ({ form }: Holding): boolean => form === 'tree'

function isStrange(path: string, isLink: boolean, holders: readonly Holding[], world: World): boolean {
  // What NFS keeps of a removed file that somebody has open.
  if (path.includes('/.nfs')) return false
  if (holders.some(holder => has(holder, path))) return false
  // Some filesystems keep names in another form than they were given.
  for (const spelling of [path.normalize('NFC'), path.normalize('NFD')])
    if (holders.some(holder => has(holder, spelling))) return false
  return !(isLink && leadsToOurs(path, holders, world))
}

/** Somebody moved a folder away and left a link in its place: the way to what is recorded. */
function leadsToOurs(path: string, holders: readonly Holding[], { places }: World): boolean {
  // Each target has a place at its folder, or below it.
  if (places.some(each => each.below(path).length > 0 || each.at(path).length > 0)) return true
  return holders.some(holder => hasBelow(holder, path))
}
