/** The door to inflating what is in memory: a library of the system that is half as fast again, where it is found, else Node. */

import { inflateRawSync } from 'node:zlib'
import { type InflateCall, inflateCall } from './native.ts'

let quick: { readonly call: InflateCall | undefined } | undefined

export interface Inflated {
  readonly content: Buffer
  /** Bytes of what was packed, up to the end of the stream. */
  readonly taken: number
}

/**
 * The content of a deflate stream, of which `bytes` are expected. What Node says of a damaged one is thrown; of one that
 * holds more, the first `bytes + 1` are enough to know it (ERR_BUFFER_TOO_LARGE).
 */
export function inflated(packed: Buffer, bytes: number): Inflated {
  quick ??= { call: inflateCall() }
  if (quick.call) {
    const content = Buffer.allocUnsafeSlow(bytes)
    const taken = quick.call(packed, content)
    if (taken !== undefined) return { content, taken }
  }
  // Whatever is wrong with it, one library alone says what.
  const options = { maxOutputLength: bytes + 1, chunkSize: Math.max(64, bytes + 1), info: true } as const
  const { buffer, engine } = inflateRawSync(packed, options) as unknown as {
    readonly buffer: Buffer
    readonly engine: { readonly bytesWritten: number }
  }
  return { content: buffer, taken: engine.bytesWritten }
}
