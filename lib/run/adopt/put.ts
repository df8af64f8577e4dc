/** Gives a file of a person a second place, in the way that was asked for or the cheapest that can be. Never changes the first. */

import { constants, copyFileSync, linkSync, realpathSync, symlinkSync } from 'node:fs'
import { copy, errorCode } from '../../io/disk.ts'
import { type LinkMode, linkWords } from '../../model/link-mode.ts'
import { Problem } from '../../model/problem.ts'

/** A copy that shares its blocks first: nobody can edit both at once. Whole copies last: they take room and time. */
const cheapestFirst: readonly LinkMode[] = ['reflink', 'hard', 'copy']

export class Putter {
  readonly #wanted: LinkMode | undefined
  /** What turned out not to be possible is not tried with every file. */
  readonly #left: LinkMode[]
  readonly counts = new Map<LinkMode, number>()

  constructor(wanted: LinkMode | undefined) {
    this.#wanted = wanted
    this.#left = wanted === undefined ? [...cheapestFirst] : [wanted]
  }

  /** Both absolute. Throws `cannot-link` where the way that was asked for is none. */
  put(from: string, to: string): void {
    for (let mode = this.#left[0]; mode; mode = this.#left[0]) {
      try {
        putBy[mode](from, to)
        this.counts.set(mode, (this.counts.get(mode) ?? 0) + 1)
        return
      } catch (error) {
        if (mode === 'copy' || !impossible.has(errorCode(error))) throw error
        // A file may have more names than its filesystem counts; the next one has not.
        if (errorCode(error) === 'EMLINK') return this.#copy(from, to)
        if (this.#wanted !== undefined) throw cannotLink(mode, from, errorCode(error))
        this.#left.shift()
      }
    }
  }

  #copy(from: string, to: string): void {
    copy(from, to)
    this.counts.set('copy', (this.counts.get('copy') ?? 0) + 1)
  }
}

/** What the system says where a filesystem cannot, or two cannot together. */
const impossible: ReadonlySet<string | undefined> = new Set([
  'EXDEV',
  'EPERM',
  'EMLINK',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EINVAL',
  'ENOTTY',
])

const putBy: Readonly<Record<LinkMode, (from: string, to: string) => void>> = {
  // Of a link this would be a second link.
  hard: (from, to) => linkSync(realpathSync(from), to),
  reflink: (from, to) => copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL),
  symlink: (from, to) => symlinkSync(from, to),
  copy,
}

const cannotLink = (mode: LinkMode, from: string, code: string | undefined): Problem =>
  new Problem({
    code: 'cannot-link',
    message: `The files cannot be taken over by a ${linkWords[mode]}.`,
    evidence: [
      { label: 'wanted', text: `--link ${mode}` },
      { label: 'found', text: `${code ?? 'an error'} for ${from}` },
    ],
    disk: 'Nothing of this was placed; the files are as they were.',
    next: 'leave --link out: then the cheapest way that works is taken.',
  })
