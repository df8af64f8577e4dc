/** The door to inflating what is in memory: a library of the system that is half as fast again, where it is found, else Node. */

import { inflateRawSync } from 'node:zlib'
import { type InflateCall, inflateCall } from './native.ts'

let quick: { readonly call: InflateCall | undefined } | undefined

/**
 * The content of a deflate stream that fills `packed`, of which `bytes` are expected. What Node says of a damaged one is
 * thrown; of one that holds more, the first `bytes + 1` are enough to know it (ERR_BUFFER_TOO_LARGE).
 */
export function inflated(packed: Buffer, bytes: number): Buffer {
  quick ??= { call: inflateCall() }
  if (quick.call) {
    const content = Buffer.allocUnsafeSlow(bytes)
    if (quick.call(packed, content) === packed.length) return content
  }
  // Whatever is wrong with it, one library alone says what.
  return inflateRawSync(packed, { maxOutputLength: bytes + 1, chunkSize: Math.max(64, bytes + 1) })
}
