/**
 * What is known about a playground at one moment: the receipts, and what the disk looks like for each task of a graph.
 * The plan is made from it; a run keeps it up to date. Decides nothing.
 */

import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, look } from './io/disk.ts'
import { stateFolder } from './model/layout.ts'
import type { ColumnarManifest } from './model/manifest.ts'
import { overlaps } from './model/places.ts'
import { type Begun, isLinked, lackedBy, type Memory, type Receipt } from './model/receipt.ts'
import type { Artifact, Task, TaskId } from './model/task.ts'
import type { Survey } from './model/verdict.ts'
import type { Heirs } from './plan/heirs.ts'
import type { Knowledge } from './plan.ts'
import type { Receipts } from './receipts/receipts.ts'
import {
  changedRead,
  type Look,
  type LookOptions,
  lookAt,
  lookAtAll,
  type Seen,
  type Sight,
  sightKey,
  type Tier,
  unseen,
} from './survey.ts'

/** A result that does not last and was given back; its manifest need not be read to know that. */
const gone: Look = {
  ...unseen,
  survey: { state: 'damaged', missing: [], edited: [], missingCount: 1, editedCount: 0, bytes: 0 },
}
const unrecorded: Look = { ...unseen, survey: { state: 'unrecorded' } }

export interface KnownOptions extends LookOptions {
  readonly tier: Tier
  /** What was seen a moment ago counts, and what is seen is added. */
  readonly seen?: Seen
  /** Who goes on with results of tasks that the spec does not name any more, if those still lie there whole. */
  readonly heirs?: Heirs
}

/** What can be said of a result without looking at its files, or what has to be looked at, and by which name. */
type Ahead =
  | { readonly is: 'known'; readonly look: Look }
  | { readonly is: 'open'; readonly sight: Sight; readonly key: string }
  | {
      readonly is: 'inherited'
      readonly receipt: Receipt
      readonly manifest: ColumnarManifest
      readonly final: string
    }

export class Known implements Knowledge {
  readonly root: string
  readonly receipts: Receipts
  readonly #seen: Seen
  readonly #looks = new Map<TaskId, Look>()
  readonly #manifests = new Map<
    TaskId,
    { readonly name: string; readonly manifest: ColumnarManifest | undefined }
  >()
  readonly #options: KnownOptions
  readonly #heirs: Heirs

  constructor(root: string, receipts: Receipts, options: KnownOptions) {
    this.root = root
    this.receipts = receipts
    this.#seen = options.seen ?? new Map()
    this.#options = options
    this.#heirs = new Map(options.heirs)
  }

  /** Looks at the artifacts of all of these tasks that have a receipt, in one sweep. */
  async lookAtAll(tasks: Iterable<Task>, options: LookOptions = this.#options): Promise<this> {
    const open: { readonly id: TaskId; readonly sight: Sight; readonly key: string }[] = []
    for (const task of tasks) {
      const ahead = this.#ahead(task, this.#options.tier)
      const look = ahead.is === 'open' ? this.#seen.get(ahead.key)?.look : await this.#settle(task, ahead)
      if (look) this.#looks.set(task.id, look)
      else if (ahead.is === 'open') open.push({ id: task.id, ...ahead })
    }
    const sights = open.map(({ sight }) => sight)
    for (const [i, look] of (await lookAtAll(sights, options)).entries()) {
      const { id, sight, key } = open[i] as (typeof open)[number]
      this.#looks.set(id, look)
      this.#seen.set(key, { manifest: sight.manifest, look })
    }
    return this
  }

  /** Looks at one artifact as it is now, as deep as was asked for unless told otherwise. */
  async lookAgain(task: Task, tier = this.#options.tier): Promise<Look> {
    const ahead = this.#ahead(task, tier)
    const seen =
      ahead.is === 'open' ? await lookAt(ahead.sight, this.#options) : await this.#settle(task, ahead)
    this.#looks.set(task.id, seen)
    return seen
  }

  /** As `lookAgain`, but at every file, even where only records are trusted. */
  lookCloser(task: Task): Promise<Look> {
    const { tier } = this.#options
    return this.lookAgain(task, tier === 'record' ? 'tree' : tier)
  }

  #ahead(task: Task, wanted: Tier): Ahead {
    const receipt = this.receiptOf(task.id)
    if (receipt === undefined || task.gives === undefined) return { is: 'known', look: unseen }
    const place = join(this.root, placeOf(task.gives, receipt))
    if (!task.gives.lasting && look(place) === undefined) return { is: 'known', look: gone }
    const manifest = this.manifestOf(task.id)
    if (manifest === undefined) return { is: 'known', look: unrecorded }
    if (task.gives.lasting && this.inheritanceOf(task.id))
      return { is: 'inherited', receipt, manifest, final: place }
    // An archive is looked at only for whether it is still there to be read: hashing it would prove nothing about the tree.
    const asked = task.gives.lasting || wanted === 'record' ? wanted : 'tree'
    // By the record itself some of it was not there.
    const tier = asked === 'record' && lackedBy(receipt) > 0 ? 'tree' : asked
    const sight = { place, form: task.gives.form, manifest, tier, throughLinks: isLinked(receipt) }
    return { is: 'open', sight, key: sightKey(receipt.manifest, place) }
  }

  /** What need not be swept with the others. */
  async #settle(task: Task, ahead: Exclude<Ahead, { is: 'open' }>): Promise<Look> {
    return ahead.is === 'known' ? ahead.look : this.#lookElsewhere(task, ahead)
  }

  /** Files that were moved already, by a build that was ended meanwhile, lie at their final place. */
  async #lookElsewhere(
    { id, gives }: Task,
    { receipt, manifest, final }: Ahead & { is: 'inherited' },
  ): Promise<Look> {
    const sight: Omit<Sight, 'place'> = {
      form: gives?.form ?? 'tree',
      manifest,
      tier: this.#options.tier === 'hash' ? 'hash' : 'tree',
      throughLinks: isLinked(receipt),
    }
    if (gives && !overlaps({ at: receipt.at, form: gives.form, manifest: () => manifest }, gives.at)) {
      const before = await lookAt({ ...sight, place: join(this.root, receipt.at) }, this.#options)
      const now = before.bad.size > 0 ? await lookAt({ ...sight, place: final }, this.#options) : undefined
      if (![...before.bad].some(i => now?.bad.has(i)))
        return { ...unseen, survey: { state: 'elsewhere', at: receipt.at } }
    }
    // Not whole any more, or not to be told apart at both places: then it is nobody's.
    this.#heirs.delete(id)
    return unseen
  }

  /** The receipt that a task goes on with, which is another one's. */
  inheritanceOf(task: TaskId): Receipt | undefined {
    return this.receipts.memoryOf(task) === undefined ? this.#heirs.get(task) : undefined
  }

  memoryOf(task: TaskId): Memory | undefined {
    const inherited = this.inheritanceOf(task)
    return inherited ? { state: 'done', receipt: inherited } : this.receipts.memoryOf(task)
  }

  /** The record of the last finished result. */
  receiptOf(task: TaskId): Receipt | undefined {
    const memory = this.memoryOf(task)
    return memory?.state === 'done' ? memory.receipt : undefined
  }

  /** Read once for each receipt. */
  manifestOf(task: TaskId): ColumnarManifest | undefined {
    const receipt = this.receiptOf(task)
    if (receipt === undefined || receipt.manifest === '') return undefined
    const held = this.#manifests.get(task)
    if (held?.name === receipt.manifest) return held.manifest
    const place = join(this.root, receipt.at)
    const seen = this.#seen.get(sightKey(receipt.manifest, place))
    const manifest = seen?.manifest ?? this.receipts.loadManifest(receipt)
    this.#manifests.set(task, { name: receipt.manifest, manifest })
    return manifest
  }

  /** Of any result of a task; that of the last one is not read again. */
  manifestIn(task: TaskId, result: Begun): ColumnarManifest | undefined {
    return result === this.receiptOf(task) ? this.manifestOf(task) : this.receipts.loadManifest(result)
  }

  /** Its artifact was removed. */
  lookedAway(task: TaskId): void {
    this.#looks.delete(task)
  }

  lookOf(task: TaskId): Look {
    return this.#looks.get(task) ?? unseen
  }

  /** Whether any of a result that does not last was on disk; some of it may have been moved on already. */
  isThere(task: TaskId): boolean {
    const { survey } = this.lookOf(task)
    return survey !== gone.survey && survey.state !== 'not-looked'
  }

  /** Something of a finished task is left where it keeps what can be resumed. */
  isShelved(task: TaskId): boolean {
    return (
      this.receiptOf(task) !== undefined && look(join(this.root, stateFolder, shelfOf(task))) !== undefined
    )
  }

  surveyOf(task: TaskId): Survey {
    return this.lookOf(task).survey
  }

  changedRead({ id, outline }: Task): string | undefined {
    return outline.reads && changedRead(outline.reads, this.receiptOf(id)?.reads ?? [])
  }

  bytesOutside(path: string): number | undefined {
    return look(path)?.size
  }

  resumableBytes(task: TaskId): number {
    return this.#onShelf(task).reduce((sum, stats) => sum + heldBytes(stats), 0)
  }

  /** What attempts that were ended left of its result, as the disk counts it. */
  leftOf(task: TaskId): { readonly bytes: number; readonly files: number } {
    const found = this.#onShelf(task)
    return { bytes: found.reduce((sum, stats) => sum + (stats?.blocks ?? 0) * 512, 0), files: found.length }
  }

  #onShelf(task: TaskId): readonly (Stats | undefined)[] {
    const shelf = join(this.root, stateFolder, shelfOf(task))
    const files = [...filesBelow(shelf)].filter(path => !/\.(json|ndjson)$/.test(path))
    return files.map(path => look(join(shelf, path)))
  }
}

/** Without the holes of a file that is written at several places. */
const heldBytes = (stats: Stats | undefined): number =>
  stats === undefined ? 0 : Math.min(stats.size, stats.blocks * 512)

/** Where an artifact lies, below the root: one that lasts where the spec wants it, another where it was put. */
export const placeOf = (gives: Artifact, receipt: Receipt): string => (gives.lasting ? gives.at : receipt.at)

/** Where a task keeps what outlives its attempts, below the state folder. */
export const shelfOf = (task: TaskId): string => `shelf/${safeName(task)}`

/** A task's id as one file name. */
export const safeName = (task: TaskId): string =>
  task.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll(':', '~2')
