/**
 * The addresses of a download, in the order in which they are tried, ready to be asked: `HF_ENDPOINT` and tokens are
 * applied here. Knows no request.
 */

import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { shownUrl, withoutCredentials } from '../../lib/io/http.ts'
import { type Address, identityOf, parseAddress } from '../../lib/model/address.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { type Place, Problem } from '../../lib/model/problem.ts'

export type Source = WebSource | LocalSource | UnbuiltSource

interface Named {
  /** The key of the spec that names it. */
  readonly key: 'url' | 'mirrors'
  readonly place?: Place
  /** Fit for messages. */
  readonly shown: string
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
}

/** What was sent to be let in. */
type Permission = 'nothing' | 'password' | 'no-hub-token' | 'hub-token'

export interface LocalSource extends Named {
  readonly form: 'local'
  readonly path: string
}

interface UnbuiltSource extends Named {
  readonly form: 'unbuilt'
  readonly what: string
}

type Environment = Readonly<Record<string, string | undefined>>

export function sourcesOf(params: DownloadParams, environment: Environment): readonly Source[] {
  const { url, mirrors } = params.download
  const place = params.places['url']
  return [
    ...url.map(text => sourceOf(text, { key: 'url' as const, ...(place && { place }) }, params, environment)),
    ...mirrors.map(text => sourceOf(text, { key: 'mirrors' as const }, params, environment)),
  ]
}

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
  named: Pick<Named, 'key' | 'place'>,
  params: DownloadParams,
  environment: Environment,
): Source {
  const address = addressOf(text)
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
          ? { permission: 'nothing' }
          : { permission: 'password', authorization }),
      }
    }
    case 'hf': {
      const url = hubUrl(address, environment['HF_ENDPOINT'])
      const token = environment['HF_TOKEN']?.trim()
      return {
        ...named,
        form: 'web',
        shown: identityOf(address),
        url: url.href,
        host: url.host,
        hostname: url.hostname,
        identity,
        ...(token
          ? { permission: 'hub-token', authorization: `Bearer ${token}` }
          : { permission: 'no-hub-token' }),
      }
    }
    case 'gdrive':
      return {
        ...named,
        form: 'unbuilt',
        shown: identityOf(address),
        host: address.host,
        what: 'Google Drive addresses',
      }
    case 'file': {
      const path = resolve(params.folder, address.path)
      return { ...named, form: 'local', shown: address.path, host: address.host, path }
    }
  }
}

function hubUrl(address: Address & { scheme: 'hf' }, endpoint = 'https://huggingface.co'): URL {
  if (!/^https?:/i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new Problem({
      code: 'bad-address',
      message: 'The environment variable HF_ENDPOINT is not a web address.',
      next: 'set it to something like https://huggingface.co, or unset it.',
    })
  }
  const repository = address.repository === 'models' ? '' : `${address.repository}/`
  // A revision such as refs/pr/1 is one part of the path.
  const revision = encodeURIComponent(address.revision)
  const path = address.path.split('/').map(encodeURIComponent).join('/')
  return new URL(`${endpoint.replace(/\/+$/, '')}/${repository}${address.name}/resolve/${revision}/${path}`)
}
