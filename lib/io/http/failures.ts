/** What is said where a host did not answer, or stopped in its answer. Words only. */

import { Problem } from '../../model/problem.ts'
import { errorCode } from '../disk.ts'

export function unanswered(
  url: URL,
  error: unknown,
  firstByteMs: number,
  proxy: string | undefined,
): Problem {
  const code = errorCode(error) ?? 'unknown'
  const event = error instanceof Error && 'event' in error ? error.event : undefined
  if (code === 'ETIMEDOUT' && event === 'response') return silent(url, firstByteMs, 'before its answer')
  if (code === 'ECONNRESET' || code === 'EPIPE') return cut(url, error)
  return new Problem({
    code: 'connection-failed',
    message: `${url.host} could not be reached.`,
    evidence: [
      { label: 'found', text: `${inWords[code] ?? 'no connection'} (${code})` },
      ...(proxy === undefined ? [] : [{ label: 'through', text: `the proxy ${proxy}` }]),
    ],
    next:
      proxy === undefined
        ? 'run the same command again; if the host is gone, add a mirror to the spec.'
        : 'look whether HTTP_PROXY, HTTPS_PROXY and NO_PROXY are right, then run the same command again.',
  })
}

const inWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no host has this name',
  EAI_AGAIN: 'the name server did not answer',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to its network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody that is trusted here vouches for its certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody that is trusted here vouches for its certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody that is trusted here vouches for its certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

export const cut = (url: URL, error: unknown): Problem =>
  new Problem({
    code: 'connection-cut',
    message: `${url.host} closed the connection before the end of the file.`,
    evidence: [{ label: 'found', text: `an answer that ends early (${errorCode(error) ?? 'no reason'})` }],
    next: 'run the same command again: it goes on where it stopped.',
  })

export const silent = (url: URL, milliseconds: number, when: string): Problem =>
  new Problem({
    code: 'stalled',
    message: `${url.host} stopped sending ${when}.`,
    evidence: [{ label: 'found', text: `no byte for ${milliseconds / 1000} s` }],
    next: 'run the same command again: it goes on where it stopped.',
  })
