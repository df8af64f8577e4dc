/**
 * The addresses of a download, in the order in which they are tried, ready to be asked: what the environment says of
 * endpoints and tokens is applied here. Sends no request.
 */

import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { type Answer, shownUrl, withoutCredentials } from '../../lib/io/http.ts'
import { type Address, identityOf, parseAddress } from '../../lib/model/address.ts'
import { writeOut } from '../../lib/model/address-ranges.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import type { Place, Problem } from '../../lib/model/problem.ts'
import { drivePage, driveUrl, resolveDrive } from './drive.ts'
import { hubToken, hubUrl, isImplicitOff } from './hub.ts'

export type Source = WebSource | LocalSource

interface Named {
  /** The key of the spec that names it. */
  readonly key: 'url' | 'mirrors'
  readonly place?: Place
  /** Fit for messages. */
  readonly shown: string
  /** Of the file that lies there, which may be a part. */
  readonly fileName: string
  /** For messages: with the port where it is unusual. */
  readonly host: string
}

export interface WebSource extends Named {
  readonly form: 'web'
  readonly url: string
  /** The name that budgets go by. */
  readonly hostname: string
  readonly authorization?: string
  /** Digest of the address without its credentials: what the partial file remembers of it. */
  readonly identity: string
  readonly permission: Permission
  /**
   * Asks its way to the address of the bytes, where `url` is only the way in. The address expires: asked anew when it
   * does. Throws a Problem where there is none.
   */
  readonly resolve?: (ask: (url: string) => Promise<Answer>) => Promise<string>
  /** What a page for people means that came instead of the file, where the host has such with a meaning of their own. */
  readonly explain?: (page: string, answer: Answer) => Problem | undefined
}

/** What was sent to be let in. */
type Permission =
  | { readonly form: 'nothing' | 'password' | 'no-hub-token' | 'hub-token-off' }
  /** `from`: where it was found. */
  | { readonly form: 'hub-token'; readonly from: string }

export interface LocalSource extends Named {
  readonly form: 'local'
  readonly path: string
}

type Environment = Readonly<Record<string, string | undefined>>

export function sourcesOf(params: DownloadParams, environment: Environment): readonly Source[] {
  const { url, mirrors } = params.download
  const place = params.places['url']
  return [
    ...url.map(text => sourceOf(text, { key: 'url' as const, ...(place && { place }) }, params, environment)),
    ...mirrors
      .flatMap(addressesOf)
      .map(text => sourceOf(text, { key: 'mirrors' as const }, params, environment)),
  ]
}

/** A mirror of a file in parts may have it in parts as well: a range is that many addresses. */
function addressesOf(mirror: string): readonly string[] {
  const written = writeOut(mirror)
  if (typeof written === 'string') throw new Error(`a mirror that the spec let pass ${written}`)
  return written
}

/** One way to the whole file: its address, or those of its parts in order. */
export interface Offer {
  readonly sources: readonly [Source, ...Source[]]
}

/** In the order in which they are tried: what `url` says, then the mirrors. */
export function offersOf(params: DownloadParams, environment: Environment): readonly Offer[] {
  const all = sourcesOf(params, environment)
  const offers = [all.filter(({ key }) => key === 'url')]
  for (const mirror of params.download.mirrors) {
    const before = offers.flat().length
    offers.push(all.slice(before, before + addressesOf(mirror).length))
  }
  return offers.map(sources => ({ sources: sources as [Source, ...Source[]] }))
}

/** For the receipt: who gave the file. */
export const hostsOf = ({ sources }: Offer): string =>
  [...new Set(sources.map(({ host }) => host))].join(', ')

/** The address of a text that the spec has already been checked for. */
function addressOf(text: string): Address {
  const address = parseAddress(text)
  if (typeof address === 'string') throw new Error(`an address that the spec let pass ${address}`)
  return address
}

const digestOfIdentity = (address: Address): string =>
  createHash('sha256').update(identityOf(address)).digest('hex')

function sourceOf(
  text: string,
  asked: Pick<Named, 'key' | 'place'>,
  params: DownloadParams,
  environment: Environment,
): Source {
  const address = addressOf(text)
  const named = { ...asked, fileName: address.fileName }
  const identity = digestOfIdentity(address)
  switch (address.scheme) {
    case 'http': {
      const { url, authorization } = withoutCredentials(new URL(address.url))
      return {
        ...named,
        form: 'web',
        shown: shownUrl(url),
        url: url.href,
        host: url.host,
        hostname: url.hostname,
        identity,
        ...(authorization === undefined
          ? { permission: { form: 'nothing' } }
          : { permission: { form: 'password' }, authorization }),
      }
    }
    case 'hf': {
      const url = hubUrl(address, environment)
      const found = hubToken(environment)
      return {
        ...named,
        form: 'web',
        shown: identityOf(address),
        url: url.href,
        host: url.host,
        hostname: url.hostname,
        identity,
        ...(found
          ? { permission: { form: 'hub-token', from: found.from }, authorization: `Bearer ${found.token}` }
          : { permission: { form: isImplicitOff(environment) ? 'hub-token-off' : 'no-hub-token' } }),
      }
    }
    case 'gdrive': {
      const url = driveUrl(address.id, environment)
      const source = { ...named, shown: identityOf(address), host: url.host }
      return {
        ...source,
        form: 'web',
        url: url.href,
        hostname: url.hostname,
        identity,
        permission: { form: 'nothing' },
        resolve: ask => resolveDrive(address, params, source, environment, ask),
        explain: (page, answer) => drivePage(params, source, page, answer),
      }
    }
    case 'file': {
      const path = resolve(params.folder, address.path)
      return { ...named, form: 'local', shown: address.path, host: address.host, path }
    }
  }
}
