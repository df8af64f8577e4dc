/** What is found of one artifact, as the parts of a sweep come in. Knows no disk. */

import type { ColumnarManifest, Times } from '../model/manifest.ts'
import type { Survey } from '../model/verdict.ts'
import type { Differences, Subject } from './compare.ts'

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
  /** Indexes of entries that are missing or edited. */
  readonly bad: ReadonlySet<number>
  /** Entries whose times changed but not their bytes, with what `lstat` says now. */
  readonly touched: ReadonlyMap<number, Times>
}

/** More names than this are counted, not listed. */
const listed = 200
/** Parts come in any order. */
export class Finding {
  readonly sight: Sight
  readonly #missing: number[] = []
  readonly #edited: number[] = []
  readonly #unsure = new Map<number, Times>()

  constructor(sight: Sight) {
    this.sight = sight
  }

  get subject(): Subject {
    const { place, form, manifest, throughLinks = false } = this.sight
    return { place, form, throughLinks, columns: manifest.columns, takenAtMs: manifest.takenAtMs }
  }

  sawDifferences({ missing, edited, unsure }: Differences): void {
    for (const i of missing) this.#missing.push(i)
    for (const i of edited) this.#edited.push(i)
    for (let k = 0; k < unsure.length; k += 4) {
      const [i, mtimeMs, ctimeMs, ino] = unsure.slice(k, k + 4) as [number, number, number, number]
      this.#unsure.set(i, { mtimeMs, ctimeMs, ino })
    }
  }

  *toBeRead(): Generator<number> {
    if (this.sight.tier !== 'hash') return yield* [...this.#unsure.keys()].toSorted((a, b) => a - b)
    const bad = new Set([...this.#missing, ...this.#edited])
    for (let i = 0; i < this.sight.manifest.count; i += 1) if (!bad.has(i)) yield i
  }

  sawOtherBytes(different: readonly number[]): void {
    for (const i of different) {
      this.#edited.push(i)
      this.#unsure.delete(i)
    }
  }

  look(): Look {
    const missing = this.#missing.toSorted((a, b) => a - b)
    const edited = this.#edited.toSorted((a, b) => a - b)
    const touched = new Map([...this.#unsure].toSorted(([a], [b]) => a - b))
    const survey: Survey =
      missing.length + edited.length === 0
        ? { state: 'intact', refreshed: touched.size }
        : {
            state: 'damaged',
            missing: this.#named(missing),
            edited: this.#named(edited),
            missingCount: missing.length,
            editedCount: edited.length,
          }
    return { survey, bad: new Set([...missing, ...edited]), touched }
  }

  #named(entries: readonly number[]): readonly string[] {
    return entries.slice(0, listed).map(i => this.sight.manifest.path(i))
  }
}
