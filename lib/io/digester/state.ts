/**
 * The state of a digest as one line of text: who calculated it, after how many bytes, and a check over all of it, so that
 * half a line, or another's, is none. Knows no algorithm.
 *
 *     1 openssl-le 1048576 sha256=AAAA… md5=AAAA… check
 */

import { createHash } from 'node:crypto'
import type { Algorithm } from './savable.ts'

const version = '1'
const line =
  /^(?<body>1 (?<maker>\S+) (?<position>\d{1,16}) sha256=(?<sha256>\S+)(?: md5=(?<md5>\S+))?) (?<check>\S{32})$/

export interface DigestState {
  /** Who calculated it. */
  readonly maker: string
  /** Bytes so far. */
  readonly position: number
  readonly hashes: Readonly<Record<Algorithm, Uint8Array | undefined>>
}

export function writeState({ maker, position, hashes: { sha256, md5 } }: DigestState): string {
  const body = [
    version,
    maker,
    position,
    `sha256=${base64(sha256)}`,
    ...(md5 ? [`md5=${base64(md5)}`] : []),
  ].join(' ')
  return `${body} ${checkOf(body)}`
}

/** Undefined where the text is not a whole state of this version. */
export function readState(text: string): DigestState | undefined {
  const { body, maker, position, sha256, md5, check } = line.exec(text)?.groups ?? {}
  if (body === undefined || maker === undefined || check !== checkOf(body)) return undefined
  return { maker, position: Number(position), hashes: { sha256: bytesOf(sha256), md5: bytesOf(md5) } }
}

const checkOf = (body: string): string => createHash('sha256').update(body).digest('hex').slice(0, 32)
const base64 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('base64')
const bytesOf = (text: string | undefined): Uint8Array | undefined =>
  text === undefined ? undefined : Buffer.from(text, 'base64')
