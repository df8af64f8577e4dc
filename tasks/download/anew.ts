/** Why what is there of a file is given up, thrown inside a transfer and said to the user. */

import type { Diagnostic, Problem } from '../../lib/model/problem.ts'
import type { Origin } from './note.ts'
import * as problems from './problems.ts'
import type { WebSource } from './sources.ts'

/** What is there is of no use; the file is fetched from its beginning. */
export class Anew extends Error {
  override readonly name = 'Anew'
  readonly why: 'another' | 'ignored' | 'unfit'
  readonly origin: Origin | undefined
  readonly found: string | undefined

  constructor(why: Anew['why'], origin: Origin | undefined, found?: string) {
    super(why)
    this.why = why
    this.origin = origin
    this.found = found
  }
}

/** Bytes of a wrong file came: not left for anybody to continue. */
export class Spoiled extends Error {
  override readonly name = 'Spoiled'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

export function whyAnew(source: WebSource, isOther: boolean, lostBytes: number): Diagnostic {
  return isOther
    ? problems.startsAnew(
        'source-changed',
        `${source.host} has another version of the file by now.`,
        lostBytes,
      )
    : problems.startsAnew('range-ignored', `${source.host} cannot continue a file in its middle.`, lostBytes)
}
