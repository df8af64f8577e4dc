/** What is found of one artifact, as the parts of a sweep come in. Knows no disk. */

import type { ColumnarManifest, Times } from '../model/manifest.ts'
import type { Survey } from '../model/verdict.ts'
import type { Differences, Reading, Subject, Unreadable } from './compare.ts'
import { Touched, touchedIn } from './touched.ts'

/** How deep to look: only that the place exists · every file's size and times · every byte. */
export type Tier = 'record' | 'tree' | 'hash'

/** An artifact by its record. */
export interface Sight {
  /** Absolute: the file itself, or the top folder of a tree. */
  readonly place: string
  readonly form: 'file' | 'tree'
  readonly manifest: ColumnarManifest
  readonly tier: Tier
  /** A link counts as the file that it leads to. */
  readonly throughLinks?: boolean
}

/** What was seen of one artifact. */
export interface Look {
  readonly survey: Survey
  /** Indexes of entries that are missing, edited or cannot be read. */
  readonly bad: ReadonlySet<number>
  /** Of those, what cannot be read; only where that was to be told. */
  readonly unreadable: readonly Unreadable[]
  /** Entries whose times changed but not their bytes, with what `lstat` says now. */
  readonly touched: Touched
  /** The filesystem's clock before the first byte was read, where somebody asked it. */
  readonly clockMs?: number | undefined
}

/** Nobody looked. */
export const unseen: Look = {
  survey: { state: 'not-looked' },
  bad: new Set(),
  unreadable: [],
  touched: new Touched(),
}

/** More names than this are counted, not listed. */
const listed = 200

const inOrder = (a: number, b: number): number => a - b

/** Parts come in any order. */
export class Finding {
  readonly sight: Sight
  readonly #missing: number[] = []
  readonly #edited: number[] = []
  readonly #unreadable: Unreadable[] = []
  readonly #unsure: Float64Array[] = []

  constructor(sight: Sight) {
    this.sight = sight
  }

  get subject(): Subject {
    const { place, form, manifest, throughLinks = false } = this.sight
    return { place, form, throughLinks, columns: manifest.columns, takenAtMs: manifest.takenAtMs }
  }

  sawDifferences({ missing, edited, unsure, unreadable }: Differences): void {
    for (const i of missing) this.#missing.push(i)
    for (const i of edited) this.#edited.push(i)
    this.#unreadable.push(...unreadable)
    if (unsure.length > 0) this.#unsure.push(Float64Array.from(unsure))
  }

  sawBytes({ different, unreadable }: Reading): void {
    for (const i of different) this.#edited.push(i)
    this.#unreadable.push(...unreadable)
  }

  /** In order. */
  *toBeRead(): Generator<number> {
    if (this.sight.tier !== 'hash') return yield* this.#touched().keys()
    const bad = this.#bad()
    for (let i = 0; i < this.sight.manifest.count; i += 1) if (!bad.has(i)) yield i
  }

  /** Entries with other times, or another inode, than recorded. */
  *toldApart(): Generator<number> {
    for (const [i, times] of this.#touched()) if (this.#isToldApart(i, times)) yield i
  }

  #isToldApart(i: number, { mtimeMs, ctimeMs, ino }: Times): boolean {
    const { manifest } = this.sight
    return mtimeMs !== manifest.mtimeMs(i) || ctimeMs !== manifest.ctimeMs(i) || ino !== manifest.inode(i)
  }

  #worthRecording(touched: Touched, clockMs = Number.POSITIVE_INFINITY): number {
    let count = 0
    for (const [i, times] of touched)
      if (this.#isToldApart(i, times) || (times.mtimeMs < clockMs && times.ctimeMs < clockMs)) count += 1
    return count
  }

  look(clockMs?: number): Look {
    const missing = this.#missing.toSorted(inOrder)
    const edited = this.#edited.toSorted(inOrder)
    const touched = this.#touched()
    const bad = this.#bad()
    const survey: Survey =
      bad.size === 0
        ? { state: 'intact', refreshed: this.#worthRecording(touched, clockMs) }
        : {
            state: 'damaged',
            missing: this.#named(missing),
            edited: this.#named(edited),
            missingCount: missing.length,
            editedCount: edited.length,
            bytes: this.#bytesOf(missing) + this.#bytesOf(edited),
          }
    const unreadable = this.#unreadable.toSorted((a, b) => a.entry - b.entry)
    return { survey, bad, unreadable, touched, clockMs }
  }

  #bad(): ReadonlySet<number> {
    const unreadable = this.#unreadable.map(({ entry }) => entry)
    return new Set([...this.#missing, ...this.#edited, ...unreadable].toSorted(inOrder))
  }

  #touched(): Touched {
    return touchedIn(this.#unsure, this.#bad())
  }

  #bytesOf(entries: readonly number[]): number {
    return entries.reduce((sum, i) => sum + this.sight.manifest.size(i), 0)
  }

  #named(entries: readonly number[]): readonly string[] {
    return entries.slice(0, listed).map(i => this.sight.manifest.path(i))
  }
}
