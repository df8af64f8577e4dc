/**
 * Agents whose sockets read into one buffer that all of them share. A socket of its own accord takes new memory for each
 * read, of which the parser copies the body on into new memory again: this leaves half as much garbage.
 */

import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { OnReadOpts } from 'node:net'

const landing = Buffer.allocUnsafeSlow(64 << 10)

/** Bytes that the next read will overwrite. The parser of no Node so far hands them out; if one did, that must not go unseen. */
export const isLanding = ({ buffer }: Buffer): boolean => buffer === landing.buffer

type Connect = HttpAgent['createConnection']

export class LandingHttpAgent extends HttpAgent {
  override createConnection(...[options, done]: Parameters<Connect>): ReturnType<Connect> {
    return landed(options, onto => super.createConnection(onto, done))
  }
}

export class LandingHttpsAgent extends HttpsAgent {
  override createConnection(
    ...[options, done]: Parameters<HttpsAgent['createConnection']>
  ): ReturnType<Connect> {
    return landed(options, onto => super.createConnection(onto, done))
  }
}

function landed<O>(options: O, connect: (onto: O) => ReturnType<Connect>): ReturnType<Connect> {
  const onread: OnReadOpts = {
    buffer: landing,
    callback(bytes) {
      socket?.emit('data', landing.subarray(0, bytes))
      return true
    },
  }
  const socket = connect({ ...options, onread })
  return socket
}
