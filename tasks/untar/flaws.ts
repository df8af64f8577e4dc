/**
 * Collects while an archive passes what of it must not be unpacked, so that all is told at once. Knows no file; holds
 * no more than can be told.
 */

import { type DiagnosticDraft, Problem } from '../../lib/model/problem.ts'
import { plural } from '../../lib/model/units.ts'
import { draftOf, type Flaw } from '../unzip/flaws.ts'
import { isHostile } from '../unzip/names.ts'

/** An archive with more of them is refused without reading on. */
const atMost = 10_000

export class Flaws {
  readonly #archive: string
  readonly #isEachFatal: boolean
  readonly #flaws: Flaw[] = []
  #isFatal = false

  /** `isEachFatal`: it is known already what of the archive is wanted, and only flaws of that are told. */
  constructor(archive: string, { isEachFatal }: { readonly isEachFatal: boolean }) {
    this.#archive = archive
    this.#isEachFatal = isEachFatal
  }

  /** Nothing of the archive will be placed, whatever follows. */
  get isFatal(): boolean {
    return this.#isFatal
  }

  add(flaw: Flaw): void {
    this.#flaws.push(flaw)
    this.#isFatal ||= this.#isEachFatal || isHostile(flaw.code)
    if (this.#flaws.length < atMost) return
    const [first, ...others] = this.drafts('')
    if (first) throw new Problem(first, ...others)
  }

  /** One a code: hostile names count wherever they stand, everything else below the prefix (if there is one). */
  drafts(prefix: string | undefined): readonly DiagnosticDraft[] {
    const counted = this.#flaws.filter(
      ({ code, path }) => isHostile(code) || (prefix !== undefined && path.startsWith(prefix)),
    )
    const codes = [...new Set(counted.map(({ code }) => code))]
    return codes.toSorted(hostileFirst).map(code => {
      const same = counted.filter(flaw => flaw.code === code)
      // Found by several writers at once, in any order.
      const isOfDisk = ['entry-duplicate', 'entry-clash', 'entry-file-and-folder'].includes(code)
      const draft = draftOf(this.#archive, code, isOfDisk ? same.toSorted(byPath) : same)
      return code === 'entry-unknown-method'
        ? { ...draft, ...unknownMethod(this.#archive, same.length) }
        : draft
    })
  }
}

const hostileFirst = (a: Flaw['code'], b: Flaw['code']): number => Number(isHostile(b)) - Number(isHostile(a))

const byPath = (a: Flaw, b: Flaw): number => (a.path < b.path ? -1 : Number(a.path > b.path))

const unknownMethod = (archive: string, count: number): Pick<DiagnosticDraft, 'message' | 'next'> => ({
  message: `${plural(count, 'entry', 'entries')} of ${archive} cannot be unpacked: only whole files can.`,
  next: 'pack the archive again without sparse files, in one volume, and write the path of the result as url.',
})
