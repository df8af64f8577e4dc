/** What decides a task's result, kept part by part, so that a difference has a name. Knows no task. */

import type { Place } from './problem.ts'

/** One named part of what decides a task's result; kept with its value, so that a difference has a name. */
export interface Ingredient {
  /** In the words of the spec: `root`, `sha256`, `rename[0].to`. */
  readonly name: string
  readonly value: string | number | boolean | null
  /** Where the spec says so. Not part of the fingerprint. */
  readonly place?: Place
}

/** What decides a task's result, except its inputs. Only what can change bytes: no titles, no mirrors, no order of keys. */
export type Fingerprint = readonly Ingredient[]

/** A difference between two fingerprints, in one ingredient. */
export interface Change {
  readonly ingredient: string
  /** Undefined: was not there. */
  readonly was: Ingredient['value'] | undefined
  /** Undefined: is not there any more. */
  readonly now: Ingredient['value'] | undefined
  readonly place?: Ingredient['place']
}
