/** The head of an HTTP/1.1 answer, from its bytes. Pure; knows no body and no connection. */

import type { IncomingHttpHeaders } from 'node:http'

export interface Head {
  readonly status: number
  /** By names in small letters; one that comes twice is joined by commas. */
  readonly headers: IncomingHttpHeaders
  /** Where the body begins. */
  readonly bytes: number
  /** HTTP/1.0 closes after each answer. */
  readonly isOld: boolean
}

const end = Buffer.from('\r\n\r\n')

/** Undefined while it is not all there. Throws where it never will be one. */
export function readHead(bytes: Buffer): Head | undefined {
  const at = bytes.indexOf(end)
  if (at < 0) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, at).split('\r\n')
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? []
  if (status === undefined) throw new Error('an answer that is not of HTTP/1.1')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (name === undefined || value === undefined) throw new Error('an answer with a header that is none')
    const key = name.toLowerCase()
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`
  }
  return { status: Number(status), headers, bytes: at + end.length, isOld: minor === '0' }
}
