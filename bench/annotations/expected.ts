/** Who is quick because it overlooked something has not done the errand. */

import { isDeepStrictEqual } from 'node:util'

export function expectSame(found: object, wanted: object): void {
  if (isDeepStrictEqual(found, wanted)) return
  throw new Error(`found ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`)
}
