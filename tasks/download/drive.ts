/**
 * Google Drive: from the id of a file to the address of its bytes, past the page that asks whether a file that nobody
 * scanned shall be downloaded all the same; and from a folder and a name to the id of a file. Tells the pages apart that
 * Drive answers instead, most of them with status 200. Does not fetch the file.
 */

import { type Answer, nextHop } from '../../lib/io/http.ts'
import type { Address } from '../../lib/model/address.ts'
import { fewRows } from '../../lib/model/few.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { Problem } from '../../lib/model/problem.ts'
import { plural } from '../../lib/model/units.ts'
import { endpointOf } from './endpoint.ts'
import { attributesOf, decoded, textOf } from './page.ts'
import * as problems from './problems.ts'
import { isHtmlType, titleOf } from './rules.ts'
import type { Source } from './sources.ts'

type DriveAddress = Address & { readonly scheme: 'gdrive' }
type Asks = (url: string) => Promise<Answer>
type Named = Pick<Source, 'host' | 'shown' | 'place'>

/** What Drive is asked first. `GDRIVE_ENDPOINT` swaps the host. */
export const driveUrl = (id: string, environment: Readonly<Record<string, string | undefined>>): URL =>
  new URL(`${driveEndpoint(environment)}/uc?export=download&id=${id}`)

const driveEndpoint = (environment: Readonly<Record<string, string | undefined>>): string =>
  endpointOf('GDRIVE_ENDPOINT', environment, 'https://drive.google.com')

/** The address of the bytes, by asking: it holds for some hours. What is no page is left to whoever takes the bytes. */
export async function resolveDrive(
  address: DriveAddress,
  params: DownloadParams,
  source: Named,
  environment: Readonly<Record<string, string | undefined>>,
  asks: Asks,
): Promise<string> {
  const id =
    address.name === undefined ? address.id : await idInFolder(address, params, source, environment, asks)
  const url = driveUrl(id, environment).href
  const answer = await asks(url)
  try {
    if (!isPage(answer)) return answer.status === 200 ? answer.url : url
    const page = await textOf(answer)
    const form = confirmation(page, answer.url)
    if (form !== undefined) return form
    const refusal = drivePage(params, source, page, answer)
    if (refusal === undefined && answer.status !== 200) return url
    throw refusal ?? problems.htmlInstead(params, source, titleOf(page))
  } finally {
    answer.close()
  }
}

/** An HTML file that is sent as a file is none of Drive's own pages. */
const isPage = ({ headers }: Answer): boolean =>
  isHtmlType(headers['content-type']) && !/^\s*attachment/i.test(headers['content-disposition'] ?? '')

/** Where the button of the page "Google Drive can't scan this file for viruses" leads. */
function confirmation(page: string, at: string): string | undefined {
  const [, tag, rest = ''] =
    [...page.matchAll(/<form\b([^>]*)>([^]*?)<\/form>/gi)].find(
      ([, attributes = '']) => attributesOf(attributes).get('id') === 'download-form',
    ) ?? []
  if (tag === undefined) return undefined
  const url = nextHop(new URL(at), attributesOf(tag).get('action') ?? at, 0)
  for (const [, input = ''] of rest.matchAll(/<input\b([^>]*)>/gi)) {
    const attributes = attributesOf(input)
    const name = attributes.get('name')
    if (name !== undefined && name !== '') url.searchParams.set(name, attributes.get('value') ?? '')
  }
  return url.href
}

/** What a page of Drive means, where it is one that has a meaning of its own. */
export function drivePage(
  params: DownloadParams,
  source: Named,
  page: string,
  { url }: Pick<Answer, 'url'>,
): Problem | undefined {
  if (/too\s+many\s+users\s+have\s+viewed\s+or\s+downloaded\s+this\s+file/i.test(page))
    return overQuota(params, source, 'too many users have viewed or downloaded the file')
  const title = titleOf(page) ?? ''
  if (/quota\s+exceeded|download\s+quota/i.test(page))
    return overQuota(params, source, 'a page about its quota')
  if (
    new URL(url).hostname.startsWith('accounts.') ||
    /sign[ -]?in|you need access|request access/i.test(title)
  )
    return notShared(params, source, title)
  return /<[^>]*>\s*You need access\b/i.test(page) ? notShared(params, source, title) : undefined
}

const overQuota = ({ fileName }: DownloadParams, { host, place }: Named, found: string): Problem =>
  new Problem({
    code: 'quota-exceeded',
    message: `${host} gives ${fileName} to nobody for now.`,
    ...(place && { place }),
    evidence: [
      { label: 'found', text: found },
      { label: 'wait', text: 'up to 24 hours' },
    ],
    next: 'run the same command again tomorrow, or add a mirror; a copy in a Drive of your own has a quota of its own.',
  })

const notShared = ({ fileName }: DownloadParams, { host, place }: Named, title: string): Problem =>
  new Problem({
    code: 'unauthorized',
    message: `${host} does not let us have ${fileName}.`,
    ...(place && { place }),
    evidence: [
      { label: 'found', text: title === '' ? 'a page that asks who we are' : `a page titled "${title}"` },
      { label: 'sent', text: 'nothing: Drive knows people by their browser' },
    ],
    next: 'ask its owner to share it with "anyone with the link", or fetch it by hand and write `manual:`.',
  })

async function idInFolder(
  address: DriveAddress,
  params: DownloadParams,
  source: Named,
  environment: Readonly<Record<string, string | undefined>>,
  asks: Asks,
): Promise<string> {
  const name = address.name ?? ''
  const answer = await asks(`${driveEndpoint(environment)}/embeddedfolderview?id=${address.id}`)
  try {
    const page = isPage(answer) ? await textOf(answer) : ''
    const entries = entriesOf(page)
    const refusal = entries.length === 0 ? drivePage(params, source, page, answer) : undefined
    if (refusal !== undefined) throw refusal
    const found = entries.filter(({ title }) => title === name)
    const [one] = found
    if (one !== undefined && found.length === 1) return one.id
    if (found.length > 1) throw ambiguous(name, source, found)
    throw notInFolder(name, source, answer.status, entries, titleOf(page))
  } finally {
    answer.close()
  }
}

interface Entry {
  readonly id: string
  readonly title: string
}

/** `<div class="flip-entry" id="entry-FILE_ID"> … <div class="flip-entry-title">NAME</div>` */
function entriesOf(page: string): readonly Entry[] {
  const entries: Entry[] = []
  let id: string | undefined
  for (const [, tag = '', text = ''] of page.matchAll(/<div\b([^>]*)>([^<]*)/gi)) {
    const attributes = attributesOf(tag)
    const classes = (attributes.get('class') ?? '').split(/\s+/)
    if (classes.includes('flip-entry')) id = /^entry-(.+)$/.exec(attributes.get('id') ?? '')?.[1]
    if (!classes.includes('flip-entry-title') || id === undefined) continue
    entries.push({ id, title: decoded(text).trim() })
    id = undefined
  }
  return entries
}

function notInFolder(
  name: string,
  { host, shown, place }: Named,
  status: number,
  entries: readonly Entry[],
  title: string | undefined,
): Problem {
  const instead = title === undefined ? 'an empty folder' : `no file; a page titled "${title}"`
  return new Problem({
    code: 'not-found',
    message: `The folder at ${host} has no file called ${name}.`,
    ...(place && { place }),
    evidence: [
      { label: 'asked', text: shown },
      ...(status === 200 ? [] : [{ label: 'found', text: `status ${status}` }]),
      ...(status === 200 && entries.length === 0 ? [{ label: 'found', text: instead }] : []),
      ...fewRows('there', entries, entry => entry.title, 10),
    ],
    next: 'write one of the names that are there, or look whether the folder is shared with "anyone with the link".',
  })
}

const ambiguous = (name: string, { host, place }: Named, found: readonly Entry[]): Problem =>
  new Problem({
    code: 'not-found',
    message: `The folder at ${host} has ${plural(found.length, 'file')} called ${name}; nothing tells which is meant.`,
    ...(place && { place }),
    evidence: fewRows('there', found, ({ id }) => `gdrive://${id}`, 10),
    next: 'write one of these addresses instead.',
  })
