/** Takes parts of a sweep one by one, until none is left or it is to end: what every thread does. */

import type { Lstat } from '../io/lstat.ts'
import { lookAtStretch, readStretch, type Subject } from './compare.ts'
import type { Part, SweepAnswer, SweepOrder } from './protocol.ts'

/** The number of a part that nobody else has; undefined where there is none, or the sweep is to end. */
export function claim({ claims, parts }: Pick<SweepOrder, 'claims' | 'parts'>): number | undefined {
  if (isEnded(claims)) return undefined
  const next = Atomics.add(claims, 0, 1)
  return next < parts.length ? next : undefined
}

/** Says that a thread is at work, before its first claim. */
export const begin = ({ claims, thread }: SweepOrder): void => void Atomics.store(claims, 2 + thread, 1)

export const hasBegun = (claims: Int32Array, thread: number): boolean =>
  Atomics.load(claims, 2 + thread) !== 0

const isEnded = (claims: Int32Array): boolean => Atomics.load(claims, 1) !== 0

/** Undefined where all that was looked at is as recorded. */
export function work(
  { sweep, subjects, parts, claims, tellsUnreadable }: Omit<SweepOrder, 'thread'>,
  part: number,
  lstat: Lstat,
): SweepAnswer | undefined {
  const what = parts[part] as Part
  const subject = subjects[what.subject] as Subject
  const stretching = { tellsUnreadable, isEnded: () => isEnded(claims) }
  if (what.do === 'read')
    return { sweep, is: 'read', part, found: readStretch(subject, what.entries, stretching) }
  const differences = lookAtStretch(subject, [what.from, what.to], lstat, stretching)
  const { missing, edited, unsure, unreadable } = differences
  return missing.length + edited.length + unsure.length + unreadable.length === 0
    ? undefined
    : { sweep, is: 'looked', part, differences }
}
