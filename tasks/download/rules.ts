/** What the headers and the first bytes of an answer mean for a download, and how long to wait. Pure: no clock, no chance. */

import type { IncomingHttpHeaders } from 'node:http'
import type { Size } from '../../lib/model/spec.ts'

export { sizeFits } from '../../lib/model/spec.ts'

/** Tries of one address in a row that bring nothing new, before the next address has its turn. */
export const mostTries = 5

/** Longer than this a build does not wait for one host; where another address is left, not even that. */
export const longestWaitMs = 5 * 60_000
export const longestWaitBesideOthersMs = 30_000
/** A longer wait is told. */
export const silentWaitMs = 10_000

/** How long the host asks to be left alone: `Retry-After` in seconds or as a date, or the end of its `RateLimit` window. */
export function askedPauseMs(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const asked = secondsOrDate(headers['retry-after'], nowMs) ?? windowMs(headers['ratelimit'])
  return asked === undefined ? undefined : Math.max(0, asked)
}

/** How long a host has nothing left for us, by what it says of its limit beside an answer: three ways are in use. */
export function exhaustedForMs(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const policy = String(headers['ratelimit'])
  if (/;\s*r=0\b/.test(policy)) return capped(windowMs(policy))
  for (const prefix of ['ratelimit', 'x-ratelimit']) {
    if (headers[`${prefix}-remaining`] !== '0') continue
    const reset = Number(headers[`${prefix}-reset`])
    // Some hosts tell the moment in seconds since 1970, others the seconds until then.
    if (reset > 0) return capped(reset > 1e9 ? reset * 1000 - nowMs : reset * 1000)
  }
  return undefined
}

const capped = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : Math.min(Math.max(0, milliseconds), longestWaitMs)

function secondsOrDate(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  // `-5` would be a date too.
  const date = /^[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : date - nowMs
}

function windowMs(header: string | readonly string[] | undefined): number | undefined {
  const seconds = /;\s*t=(\d+)/.exec(String(header))?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

/** After the first, second, … failure in a row: 1 s, 2 s, 4 s, … up to a minute, shortened by up to a half at random. */
export const backoffMs = (failures: number, chance: number): number =>
  Math.round(Math.min(60, 2 ** (failures - 1)) * 1000 * (1 - chance / 2))

/** `bytes 200-999/1000`: `end` is behind the last byte; `total` is undefined for `*`. */
export function readContentRange(
  header: string | undefined,
): { readonly start: number; readonly end: number; readonly total: number | undefined } | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header ?? '')
  if (!match) return undefined
  const [, start, last, total] = match
  return { start: Number(start), end: Number(last) + 1, total: total === '*' ? undefined : Number(total) }
}

export const readLength = (headers: IncomingHttpHeaders): number | undefined =>
  /^\d+$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : undefined

/** What tells two versions of a file apart, fit for `If-Range`: a strong ETag, or else the date. */
export function validatorOf(headers: IncomingHttpHeaders): string | undefined {
  const { etag } = headers
  return etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified']
}

export const mostBytes = ({ bytes, exact }: Size): number => (exact ? bytes : Math.floor(bytes * 1.1))

export const isHtmlType = (contentType: string | undefined): boolean =>
  /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? '')

export const isHtmlName = (fileName: string): boolean => /\.x?html?$/i.test(fileName)

/** Whether a file that begins so is a page for people. */
export const beginsLikeHtml = (head: Buffer): boolean =>
  /^(\uFEFF)?\s*<(!doctype\s+html|html)\b/i.test(head.subarray(0, sniffedBytes).toString('utf8'))

/** How much of a file says what it is. */
export const sniffedBytes = 512

export function titleOf(page: string): string | undefined {
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1]?.replace(/\s+/g, ' ').trim()
  return title === undefined || title === '' ? undefined : title.slice(0, 80)
}
