/** Where a playground and its state lie. */

import { isAbsolute, normalize, resolve } from 'node:path'

/** Below the root; everything that is remembered, and nothing else, lies in it. Paths in it are relative. */
export const stateFolder = '.groundwork'

/** Whether a place below the root is the state folder's, not the playground's. */
export const isOurFolder = (at: string): boolean => at.startsWith(`${stateFolder}/`)

/** Below the state folder: what an annotation misses, a list for each file, named after its place below the root. */
export const missingFolder = 'missing'

/** A path in the state folder as messages name it: below the root of the playground. */
export const belowRoot = (path: string): string =>
  path.slice(Math.max(0, path.lastIndexOf(`${stateFolder}/`)))

/**
 * Where the small playground of a spec lies whose root is `written`, relative to `folder`: `playground.sample/data` of
 * `playground/data`. Absolute.
 */
export function sampleRoot(folder: string, written: string): string {
  const parts = normalize(written).split('/')
  const own = isAbsolute(written) ? -1 : parts.findIndex(part => part !== '..' && part !== '.')
  if (own < 0) return `${resolve(folder, written)}.sample`
  return resolve(folder, ...parts.with(own, `${parts[own]}.sample`))
}
