/**
 * What to tell the user: the one type for expected failures, and its parts.
 * Knows nothing of how a diagnostic is drawn (lib/report/draw.ts) or where it is caught.
 */

import type { Code } from './codes.ts'

/** A stretch of a text file. `line` and `column` count from 1, columns in UTF-16 units; `length` is at least 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly length: number
}

/** One aligned line of proof: `wanted  sha256 02ce…   datasets.yaml:31:15`. */
export interface Evidence {
  /** `wanted`, `found`, `first`, `also`, `roots`… in the left column. */
  readonly label: string
  readonly text: string
  /** Where the text comes from: a place of the spec, a host, a file. */
  readonly from?: Place | string
}

/** A message in the five parts of the house: code and place, plain line, evidence, state of the disk, next step. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'note'
  readonly code: Code
  /** What it is about: `gqa/images: download`. */
  readonly subject?: string
  /** One plain line that makes sense alone. Ends with a full stop. */
  readonly message: string
  readonly place?: Place
  /** The line of the file at `place`, to be drawn with an underline. */
  readonly excerpt?: string
  readonly evidence?: readonly Evidence[]
  /** What state the disk is in now. */
  readonly disk?: string
  /** The cheapest step that can work, without the leading `Next:`. */
  readonly next?: string
}

/** A diagnostic as its thrower writes it: an error unless it says otherwise. */
export type DiagnosticDraft = Omit<Diagnostic, 'severity'> & { readonly severity?: Diagnostic['severity'] }

/** An expected failure, thrown where the evidence is. Caught at a step and at the top; anything else is a bug. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** At least one; several where independent mistakes were found together. */
  readonly diagnostics: readonly Diagnostic[]

  constructor(first: DiagnosticDraft, ...others: readonly DiagnosticDraft[]) {
    super(`${first.code}: ${first.message}`)
    this.diagnostics = [first, ...others].map(draft => ({ severity: 'error', ...draft }))
  }

  get code(): Code {
    return (this.diagnostics[0] as Diagnostic).code
  }
}

/** The same problem told of something: fills in the subject and the state of the disk where they are missing. */
export function withContext(
  problem: Problem,
  context: { readonly subject?: string; readonly disk?: string },
): Problem {
  const [first, ...rest] = problem.diagnostics.map(diagnostic => ({ ...context, ...diagnostic }))
  return new Problem(first as Diagnostic, ...rest)
}
