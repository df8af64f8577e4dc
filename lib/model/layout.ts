/** Where the state of a playground lies. */

/** Below the root; everything that is remembered, and nothing else, lies in it. Paths in it are relative. */
export const stateFolder = '.groundwork'
