/** Where the state of a playground lies. */

/** Below the root; everything that is remembered, and nothing else, lies in it. Paths in it are relative. */
export const stateFolder = '.groundwork'

/** Whether a place below the root is the state folder's, not the playground's. */
export const isOurFolder = (at: string): boolean => at.startsWith(`${stateFolder}/`)

/** A path in the state folder as messages name it: below the root of the playground. */
export const belowRoot = (path: string): string =>
  path.slice(Math.max(0, path.lastIndexOf(`${stateFolder}/`)))
