/**
 * Where bytes come from, read from the text of the spec. Pure: mirrors, tokens and `HF_ENDPOINT` are applied by
 * whoever asks for the bytes.
 */

import { isSecretParameter, redact } from './redact.ts'

export type Address =
  | { readonly scheme: 'http'; readonly url: string; readonly host: string; readonly fileName: string }
  | {
      readonly scheme: 'hf'
      readonly repository: 'datasets' | 'models' | 'spaces'
      /** `OWNER/NAME`; a few old repositories have no owner. */
      readonly name: string
      /** Decoded: `refs/pr/1`. */
      readonly revision: string
      readonly path: string
      readonly host: string
      readonly fileName: string
    }
  | {
      readonly scheme: 'gdrive'
      /** Of the file, or of the folder that `name` lies in. */
      readonly id: string
      readonly name?: string
      readonly host: string
      readonly fileName: string
    }
  /** As written: absolute, or relative to the spec. */
  | { readonly scheme: 'file'; readonly path: string; readonly host: string; readonly fileName: string }

const huggingFace = 'huggingface.co'
/** Names under which the hub is reached. */
const hubs: ReadonlySet<string> = new Set([huggingFace, 'www.huggingface.co', 'hf.co'])
const drive = 'drive.google.com'

/** The address, or half a sentence on what is wrong with it. */
export function parseAddress(text: string): Address | string {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase()
  switch (scheme) {
    case undefined:
      return text === '' ? 'is empty' : file(text)
    case 'http':
    case 'https':
      return http(text)
    case 'hf':
      return hf(text)
    case 'gdrive':
      return gdrive(text)
    case 'file':
      return URL.canParse(text) ? file(decoded(new URL(text).pathname)) : 'is not a file: address'
    default:
      return `has the scheme ${scheme}:, which is not one of http, https, hf, gdrive, file`
  }
}

/**
 * One text for all ways to write the same address. Without credentials: a signed address is signed anew each day and
 * means the same file.
 */
export function identityOf(address: Address): string {
  switch (address.scheme) {
    case 'http': {
      const url = new URL(address.url)
      url.username = ''
      url.password = ''
      url.hash = ''
      const secrets = Array.from(url.searchParams.keys()).filter(isSecretParameter)
      for (const key of secrets) url.searchParams.delete(key)
      return url.href
    }
    case 'hf':
      return `hf://${address.repository}/${address.name}@${encodeURIComponent(address.revision)}/${address.path}`
    case 'gdrive':
      return `gdrive://${address.id}${address.name === undefined ? '' : `/${address.name}`}`
    case 'file':
      return `file:${address.path}`
  }
}

/** Below the hub's endpoint. A revision such as refs/pr/1 is one part of the path. */
export function hubPath({ repository, name, revision, path }: Address & { scheme: 'hf' }): string {
  const folder = repository === 'models' ? '' : `${repository}/`
  return `${folder}${name}/resolve/${encodeURIComponent(revision)}/${path.split('/').map(encodeURIComponent).join('/')}`
}

/** Where anybody can ask for it, without credentials; undefined for a file of this machine. */
export function webAddress(address: Address): string | undefined {
  switch (address.scheme) {
    case 'http':
      return redact(identityOf(address))
    case 'hf':
      return `https://${huggingFace}/${hubPath(address)}`
    case 'gdrive':
      return address.name === undefined
        ? `https://${drive}/uc?export=download&id=${address.id}`
        : `https://${drive}/drive/folders/${address.id}#${encodeURIComponent(address.name)}`
    case 'file':
      return undefined
  }
}

function http(text: string): Address | string {
  if (!URL.canParse(text)) return 'is not a web address'
  const url = new URL(text)
  if (url.hostname === '') return 'has no host'
  const known = hubs.has(url.hostname)
    ? hfFromPath(url.pathname)
    : url.hostname === drive
      ? driveFromPage(url)
      : undefined
  if (known) return known
  const last = decoded(url.pathname.split('/').findLast(part => part !== '') ?? '')
  return { scheme: 'http', url: url.href, host: url.hostname, fileName: safeName(last || url.hostname) }
}

type Repository = (Address & { scheme: 'hf' })['repository']

/** `/datasets/OWNER/NAME/resolve/REVISION/PATH`; `/blob/` is a page about the file and `/raw/` a pointer to it: both mean the file. */
function hfFromPath(pathname: string): Address | undefined {
  const match =
    /^\/(?:(datasets|spaces)\/)?([^/]+(?:\/[^/]+)?)\/(?:resolve|blob|raw)\/(refs\/(?:pr|convert)\/[^/]+|[^/]+)\/(.+)$/.exec(
      pathname,
    )
  if (!match) return undefined
  const [, repository = 'models', name = '', revision = '', path = ''] = match
  return hfAddress(repository as Repository, decoded(name), decoded(revision), decoded(path))
}

function hf(text: string): Address | string {
  const match =
    /^hf:\/\/(datasets|models|spaces)\/(?:([^/@]+\/[^/@]+)(?:@(refs\/(?:pr|convert)\/[^/]+|[^/]+))?|([^/@]+)@(refs\/(?:pr|convert)\/[^/]+|[^/]+))\/(.+)$/.exec(
      text,
    )
  if (!match) return 'is not of the form hf://datasets/OWNER/NAME@REVISION/PATH'
  const [, repository, owned, revision = 'main', ownerless = '', revisionThere = '', path = ''] = match
  return owned === undefined
    ? hfAddress(repository as Repository, ownerless, decoded(revisionThere), path)
    : hfAddress(repository as Repository, owned, decoded(revision), path)
}

function hfAddress(repository: Repository, name: string, revision: string, path: string): Address {
  return {
    scheme: 'hf',
    repository,
    name,
    revision,
    path,
    host: huggingFace,
    fileName: safeName(lastName(path)),
  }
}

function gdrive(text: string): Address | string {
  const [, id, name] = /^gdrive:\/\/([A-Za-z0-9_-]+)(?:\/([^/]+))?$/.exec(text) ?? []
  if (id === undefined) return 'is not of the form gdrive://FILE_ID or gdrive://FOLDER_ID/NAME'
  return driveAddress(id, name)
}

/** What a browser shows of a file, or offers as its link, means the file. A link with a key of its own is left alone. */
function driveFromPage(url: URL): Address | undefined {
  if (url.searchParams.has('resourcekey')) return undefined
  const asked = /^\/(?:uc|open)$/.test(url.pathname) ? url.searchParams.get('id') : undefined
  const id = /^\/file\/(?:u\/\d+\/)?d\/([^/]+)/.exec(url.pathname)?.[1] ?? asked
  return id && /^[A-Za-z0-9_-]+$/.test(id) ? driveAddress(id) : undefined
}

const driveAddress = (id: string, name?: string): Address => ({
  scheme: 'gdrive',
  id,
  ...(name !== undefined && { name }),
  host: drive,
  fileName: safeName(name ?? id),
})

const file = (path: string): Address => ({
  scheme: 'file',
  path,
  host: 'this machine',
  fileName: safeName(lastName(path)),
})

/** Without `%20`; as it is where a percent sign is only a percent sign. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const lastName = (path: string): string => path.split('/').findLast(part => part !== '') ?? 'file'

/** A name that can lie in a folder of ours, whatever the address says. */
function safeName(name: string): string {
  const safe = name.replace(/[\u0000-\u001f/\\:]/g, '_').slice(-150)
  return safe === '.' || safe === '..' || safe === '' ? 'file' : safe
}
