/**
 * Removes what the spec does not name any more: files that lie there as they were recorded, what tasks keep in the state
 * folder, and their records. What a person edited or added stays. Files go before their record: ended in between, the next
 * prune goes on.
 */

import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { look } from '../io/disk.ts'
import { Turns } from '../io/turns.ts'
import { shelfOf } from '../knowledge.ts'
import { isOurFolder, stateFolder } from '../model/layout.ts'
import { formOf, has, type Places } from '../model/places.ts'
import type { Graph } from '../model/plan.ts'
import type { Begun, Receipt } from '../model/receipt.ts'
import type { TaskId } from '../model/task.ts'
import { heirsOf } from '../plan/heirs.ts'
import type { Receipts } from '../receipts/receipts.ts'
import { lookAt, type Tier } from '../survey.ts'
import { livingFolders, ownFolder, type Vanished } from './prune/vanished.ts'
import type { Removal } from './removal.ts'

export interface PruneGround {
  readonly receipts: Receipts
  /** Everything that the spec names. */
  readonly whole: Graph
  /** Of its tasks. */
  readonly living: Places
  readonly tier: Tier
  readonly signal: AbortSignal
}

/** What became of one task, or would. */
export interface Pruned extends Vanished {
  readonly files: number
  readonly bytes: number
  /** Below the root, a few hundred at most: edited since, reached through a link, or told by no record that can be read. */
  readonly left: readonly string[]
  readonly leftCount: number
  /** A place of the spec that is not built yet, where these files may be found again: the task stays as it is. */
  readonly unbuilt: string | undefined
}

const listed = 200

export class Pruning {
  readonly #ground: PruneGround
  readonly #removal: Removal
  readonly #folders: ReadonlySet<string>
  /** Where the next build moves what a task gave: its target has another name. */
  readonly #heirs: ReadonlyMap<TaskId, string | undefined>
  readonly #turns = new Turns()
  /** Folders of the state that were taken away, or counted. */
  readonly #done = new Set<string>()

  constructor(ground: PruneGround, removal: Removal) {
    this.#ground = ground
    this.#removal = removal
    const heirs = heirsOf(ground.whole, ground.receipts.all())
    const inherited = [...heirs.values()].flatMap(({ at }) => (isOurFolder(at) ? [ownFolder(at)] : []))
    this.#folders = new Set([...livingFolders(ground.receipts, ground.whole), ...inherited])
    this.#heirs = heirPlaces(ground, heirs)
  }

  /** One after the other; those that are told are done. Ends early when it is interrupted, in the middle of one. */
  async *tasks(tasks: readonly Vanished[]): AsyncGenerator<Pruned> {
    for (const task of tasks) {
      if (this.#heirs.has(task.task) && this.#heirs.get(task.task) === undefined) continue
      const unbuilt = this.#heirs.get(task.task) ?? task.results.flatMap(({ at }) => this.#unbuiltAt(at))[0]
      if (unbuilt !== undefined) {
        yield { ...task, files: 0, bytes: 0, left: [], leftCount: 0, unbuilt }
        continue
      }
      const { files, bytes } = this.#removal
      const left: string[] = []
      let leftCount = 0
      for (const result of task.results)
        for await (const path of this.#result(result)) {
          leftCount += 1
          if (left.length < listed) left.push(path)
        }
      this.#stateFolder(`${stateFolder}/${shelfOf(task.task)}`)
      this.#removal.emptyFolders()
      const moved = { files: this.#removal.files - files, bytes: this.#removal.bytes - bytes }
      yield { ...task, ...moved, left, leftCount, unbuilt }
    }
  }

  /** What lies in the state folder for no task of the spec, by nobody's record: downloads that never came to their end. */
  orphans(): Pick<Pruned, 'files' | 'bytes'> {
    const { files, bytes } = this.#removal
    const below = (folder: string): readonly string[] => {
      const whole = join(this.#removal.root, stateFolder, folder)
      return existsSync(whole) ? readdirSync(whole).map(name => `${folder}/${name}`) : []
    }
    const folders = [...below('archives'), ...below('shelf'), ...below('parts').flatMap(below)]
    for (const folder of folders) this.#stateFolder(`${stateFolder}/${folder}`)
    this.#removal.emptyFolders()
    return { files: this.#removal.files - files, bytes: this.#removal.bytes - bytes }
  }

  /** A later build may take over what lies there: it is not taken from under it. */
  #unbuiltAt(at: string): readonly string[] {
    if (at === '' || isOurFolder(at)) return []
    return this.#ground.living
      .meeting(at)
      .filter(({ manifest }) => manifest() === undefined)
      .map(holding => holding.at)
  }

  /** Removes the files of one result; gives the paths of those that stay although they are its own. */
  async *#result(result: Begun): AsyncGenerator<string> {
    const { at } = result
    if (at === '') return
    if (isOurFolder(at)) return this.#stateFolder(ownFolder(at))
    const { receipts, living, tier, signal } = this.#ground
    const place = join(this.#removal.root, at)
    const manifest = receipts.loadManifest(result)
    if (manifest === undefined) {
      if (look(place)) yield at
      return
    }
    const form = formOf(manifest)
    const { bad } = await lookAt({ place, form, manifest, tier }, { signal })
    const isShared = living.meeting(at).length > 0
    for (let i = 0; i < manifest.count; i += 1) {
      if (this.#turns.isOver) await this.#turns.next()
      signal.throwIfAborted()
      const path = form === 'file' ? at : `${at}/${manifest.path(i)}`
      const stats = look(join(this.#removal.root, path))
      if (stats === undefined) this.#removal.gone(path)
      if (stats === undefined || (isShared && this.#isOwned(path))) continue
      if (bad.has(i) || this.#removal.way(dirname(path)) !== 'plain') yield path
      else this.#removal.file(path, stats.size)
    }
  }

  #isOwned(path: string): boolean {
    return this.#ground.living.around(path).some(holding => has(holding, path))
  }

  #stateFolder(path: string): void {
    if (this.#folders.has(path) || this.#done.has(path) || !look(join(this.#removal.root, path))) return
    // A folder that only was to be removed would be counted again by whoever shares it.
    this.#done.add(path)
    this.#removal.folder(path)
  }
}

/** Undefined of an archive whose bytes the spec names under another address: nothing has to be built for that. */
const heirPlaces = (
  { whole }: PruneGround,
  heirs: ReadonlyMap<TaskId, Receipt>,
): ReadonlyMap<TaskId, string | undefined> =>
  new Map(
    [...heirs].map(([id, { task }]) => {
      const { gives, target = id } = whole.tasks.get(id) ?? {}
      if (gives?.form === 'file' && !gives.lasting) return [task, undefined]
      return [task, gives?.lasting ? gives.at : target]
    }),
  )

/** After their files are gone. */
export function forgetPruned(receipts: Receipts, tasks: readonly TaskId[]): void {
  receipts.forgetAll(tasks)
  receipts.dropUnused()
}
