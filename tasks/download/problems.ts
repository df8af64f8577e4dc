/** What a download says when it cannot have its file. Words only: nothing here decides what happens next. */

import type { Answer } from '../../lib/io/http.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { type Place, Problem } from '../../lib/model/problem.ts'
import type { Size } from '../../lib/model/spec.ts'
import { formatBytes, formatCount, shortDigest } from '../../lib/model/units.ts'
import type { Source, WebSource } from './sources.ts'

export * from './course.ts'

/** What is joined from parts is another file where the list of them is wrong, whatever each of them holds. */
export const lookAtParts =
  'look at the list of parts under url: all of them have to be there, each once, in their order.'
const relock = 'run `npx tsx build lock`'
const rerun = 'run the same command again: it goes on where it stopped.'

export function digestMismatch(
  params: DownloadParams,
  source: Source,
  algorithm: 'sha256' | 'md5',
  wanted: { readonly digest: string; readonly from: Place | string },
  found: { readonly digest: string; readonly from: string; readonly isInPieces?: boolean },
): Problem {
  const { fileName, download, places } = params
  const otherwise =
    download.mirrors.length > 0
      ? 'if not, remove that mirror.'
      : 'if not, add a mirror that has the right file.'
  const pinned = typeof wanted.from !== 'string'
  const locked = download.locked?.places[algorithm] !== undefined
  const wayOut = locked ? relock : 'put the found digest into the spec'
  const isInParts = isJoined(params, source)
  return new Problem({
    code: 'digest-mismatch',
    ...(isInParts && places['url'] && { place: places['url'] }),
    message: pinned
      ? `${fileName} is not the file that ${locked ? 'was locked' : 'the spec describes'}.`
      : `${fileName} is not the file that ${source.host} announced.`,
    evidence: [
      { label: 'wanted', text: `${algorithm} ${shortDigest(wanted.digest)}`, from: wanted.from },
      { label: 'found', text: `${algorithm} ${shortDigest(found.digest)}`, from: found.from },
      // To be copied into the spec.
      ...(pinned && !locked ? [{ label: '', text: found.digest }] : []),
    ],
    next: isInParts
      ? `${lookAtParts} If it is right and the publisher replaced the file, ${wayOut}; ${otherwise}`
      : found.isInPieces
        ? `fetch it once in one piece, with \`connections: 1\` in \`hosts\`; if it is the same file then, the publisher replaced it: ${wayOut}.`
        : pinned
          ? `if the publisher replaced the file, ${wayOut}; ${otherwise}`
          : 'run the same command again; if it stays so, add a mirror and a sha256 to the spec.',
  })
}

/** From the parts that `url` lists. */
const isJoined = ({ download }: DownloadParams, { key }: Pick<Source, 'key'>): boolean =>
  key === 'url' && download.url.length > 1

export function sizeMismatch(
  params: DownloadParams,
  source: Source,
  wanted: Size,
  found: { readonly bytes: number; readonly from: string },
): Problem {
  const { fileName, places, download } = params
  const isInParts = isJoined(params, source)
  const from = places['size']
  const locked = download.locked?.places['size'] !== undefined
  const wayOut = locked ? relock : 'correct size and digest in the spec'
  const text = wanted.exact ? exactly(wanted.bytes) : `about ${formatBytes(wanted.bytes)}`
  return new Problem({
    code: 'size-mismatch',
    ...(isInParts && places['url'] && { place: places['url'] }),
    message: `${fileName} does not have the size that ${locked ? 'was locked' : 'the spec gives'}.`,
    evidence: [
      { label: 'wanted', text, ...(from && { from }) },
      { label: 'found', text: exactly(found.bytes), from: found.from },
    ],
    next: `${isInParts ? `${lookAtParts} If it is right and` : 'if'} the publisher replaced the file, ${wayOut}; if not, use another mirror.`,
  })
}

/** The host contradicts itself. */
export const sizeUnlikeAnnounced = (
  { fileName }: DownloadParams,
  source: WebSource,
  announced: number,
  found: number,
): Problem =>
  new Problem({
    code: 'size-mismatch',
    message: `${fileName} does not have the size that ${source.host} announced.`,
    evidence: [
      { label: 'wanted', text: exactly(announced), from: `announced by ${source.host}` },
      { label: 'found', text: exactly(found) },
    ],
    next: 'run the same command again; if it stays so, use another mirror.',
  })

export function unauthorized({ fileName }: DownloadParams, source: WebSource, answer: Answer): Problem {
  const reason = answer.headers['x-error-code']
  const [sent, next] = permissionInWords(source, answer)
  return new Problem({
    code: 'unauthorized',
    message: `${source.host} does not let us have ${fileName}.`,
    ...(source.place && { place: source.place }),
    evidence: [
      { label: 'found', text: `status ${answer.status}${reason === undefined ? '' : `, ${String(reason)}`}` },
      { label: 'sent', text: sent },
    ],
    next,
  })
}

function permissionInWords(
  { permission, shown }: WebSource,
  answer: Answer,
): readonly [sent: string, next: string] {
  const asked = new URL(answer.url).host
  if (answer.permission === 'hosts')
    return [
      `what the spec says of ${asked} in hosts:`,
      'check that the token or the headers there are right and still valid, and that they may read the file.',
    ]
  if (answer.permission === 'netrc')
    return [`the login of netrc for ${asked}`, `look whether that login may read ${shown}, and correct it.`]
  switch (permission.form) {
    case 'no-hub-token':
      return [
        'no token: HF_TOKEN is not set',
        'accept the conditions on the page of the repository, then set HF_TOKEN to a token that may read it.',
      ]
    case 'hub-token-off':
      return [
        'no token: HF_HUB_DISABLE_IMPLICIT_TOKEN forbids it',
        'unset that variable, or name a token for this host in hosts: of the spec.',
      ]
    case 'hub-token':
      return [
        `the token of ${permission.from}`,
        'check that the name is right, that this token may read it, and that its conditions are accepted.',
      ]
    case 'password':
      return ['the user name and password of the address', `check them against ${shown}.`]
    case 'nothing':
      return [
        'no user name and no password',
        'add an open mirror, or fetch the file by hand and name it with a file: address.',
      ]
  }
}

export const notFound = ({ fileName }: DownloadParams, source: WebSource, status: number): Problem =>
  new Problem({
    code: 'not-found',
    message: `${source.host} does not have ${fileName}.`,
    ...(source.place && { place: source.place }),
    evidence: [
      { label: 'asked', text: source.shown },
      { label: 'found', text: `status ${status}` },
    ],
    next: 'look for the new address on the page of the dataset, or add a mirror that has the file.',
  })

export const rateLimited = (source: WebSource): Problem =>
  new Problem({
    code: 'rate-limited',
    message: `${source.host} says that it is asked too often.`,
    evidence: [{ label: 'found', text: 'status 429' }],
    next: `wait a while, then ${rerun}`,
  })

export const serverError = (source: WebSource, status: number): Problem =>
  new Problem({
    code: 'server-error',
    message: `${source.host} does not answer as it should.`,
    evidence: [{ label: 'found', text: `status ${status}` }],
    next: rerun,
  })

export const tooSlow = (source: WebSource, rate: number, floor: number): Problem =>
  new Problem({
    code: 'too-slow',
    message: `${source.host} is slower than the floor that the spec sets.`,
    evidence: [
      { label: 'wanted', text: `${formatBytes(floor)}/s or more` },
      { label: 'found', text: `${formatBytes(rate)}/s` },
    ],
    next: 'nothing, where a mirror is faster; else lower or remove `floor` in `hosts`.',
  })

export const unfitRange = (source: WebSource, found: string): Problem =>
  new Problem({
    code: 'range-ignored',
    message: `${source.host} does not send the rest of the file that was asked for.`,
    evidence: [{ label: 'found', text: found }],
    next: 'run the same command again: it starts from the beginning.',
  })

export const tooShort = (source: WebSource, received: number, total: number): Problem =>
  new Problem({
    code: 'connection-cut',
    message: `${source.host} closed the connection before the end of the file.`,
    evidence: [{ label: 'found', text: `${exactly(received)} of ${exactly(total)}` }],
    next: rerun,
  })

export const htmlInstead = (
  { fileName }: DownloadParams,
  source: Pick<Source, 'host' | 'place'>,
  title: string | undefined,
): Problem =>
  new Problem({
    code: 'html-instead-of-data',
    message: `${source.host} sent a web page instead of ${fileName}.`,
    ...(source.place && { place: source.place }),
    evidence: [
      { label: 'found', text: title === undefined ? 'a page without a title' : `a page titled "${title}"` },
    ],
    next: 'open the address in a browser: it is a login, a limit, or a page about the file; use the address behind it.',
  })

export const encodedContent = ({ fileName }: DownloadParams, source: WebSource, encoding: string): Problem =>
  new Problem({
    code: 'encoded-content',
    message: `${source.host} packs ${fileName} on the way, although it was asked not to.`,
    ...(source.place && { place: source.place }),
    evidence: [
      { label: 'asked', text: 'Accept-Encoding: identity' },
      { label: 'found', text: `Content-Encoding: ${encoding}` },
    ],
    next: 'add a mirror that gives the file as it is; what came would be another file.',
  })

export const fileNotFound = (source: Source, found: string): Problem =>
  new Problem({
    code: 'file-not-found',
    message: `The file ${source.shown} cannot be copied.`,
    ...(source.place && { place: source.place }),
    evidence: [{ label: 'found', text: found }],
    next: 'put the file there, or correct the address; it is relative to the folder of the spec.',
  })

const exactly = (bytes: number): string => `${formatCount(bytes)} bytes`
