/**
 * What hosts told of addresses that the spec leaves open, as the lock file beside the spec remembers it.
 * Types and pure functions: knows neither YAML nor hosts.
 */

import { hash } from 'node:crypto'
import { type Address, identityOf, parseAddress } from './address.ts'
import type { Place } from './problem.ts'
import type { Download } from './spec.ts'

/** What was found out about one file without fetching it. */
export interface Found {
  /** Bytes. */
  readonly size?: number
  /** Lower-case hex. */
  readonly sha256?: string
  readonly md5?: string
  /** SHA-256 of the directory of an archive: what proves parts of it that are read without the rest. */
  readonly directory?: string
  /** The commit that a moving revision (`main`) stood for. */
  readonly revision?: string
  /** A strong one, as the host writes it. */
  readonly etag?: string
  /** `Last-Modified`, where nothing better tells two versions apart. */
  readonly modified?: string
  /** The host that said so. */
  readonly from: string
}

export interface LockEntry extends Found {
  /** ISO 8601: when it was found as it stands here for the first time. */
  readonly locked: string
}

/** By `lockKeyOf`. */
export type LockEntries = ReadonlyMap<string, LockEntry>

/** The lock file as it was read. */
export interface LockFile {
  /** As named in messages. */
  readonly file: string
  readonly entries: LockEntries
  /** Where a field of an entry stands; undefined where nobody wrote it. */
  readonly placeOf: (key: string, field: string) => Place
}

/** `datasets.yaml` → `datasets.lock.yaml`, beside it. */
export const lockFileOf = (specFile: string): string => `${specFile.replace(/\.ya?ml$/i, '')}.lock.yaml`

/** One text for all ways to write the addresses of a download, without credentials. */
export function lockKeyOf({ url }: Pick<Download, 'url'>): string {
  const identities = addressesOf(url).map(identityOf)
  const [first = '', ...more] = identities
  if (more.length === 0) return first
  return `${first} and ${more.length} more (${hash('sha256', identities.join('\n')).slice(0, 8)})`
}

/** Which file it is: its digest where it is pinned, else its addresses. */
export const identityOfFile = ({ sha256, md5, url }: Download): string =>
  sha256 ?? md5 ?? addressesOf(url).map(identityOf).join(' ')

/** The download as the spec alone describes it. */
export function asWritten({ locked, ...download }: Download): Download {
  if (locked === undefined) return download
  const own = Object.entries(download).filter(([name]) => locked.places[name] === undefined)
  const { roundedSize } = locked
  return {
    ...(Object.fromEntries(own) as unknown as Download),
    ...(roundedSize && { size: roundedSize }),
  }
}

/** Whether a host could tell more of it than the spec pins: a digest, the exact size, the commit of a moving revision. */
export function isOpen(download: Download): boolean {
  const { sha256, size, url } = asWritten(download)
  const addresses = addressesOf(url)
  if (addresses.some(({ scheme }) => scheme === 'file')) return false
  return sha256 === undefined || !size?.exact || addresses.some(hasMovingRevision)
}

export const isPinned = ({ sha256, md5 }: Pick<Download, 'sha256' | 'md5'>): boolean =>
  sha256 !== undefined || md5 !== undefined

/** A branch or tag of the hub: only a whole commit stays what it is. */
export const hasMovingRevision = (address: Address): boolean =>
  address.scheme === 'hf' && !/^[0-9a-f]{40}$/.test(address.revision)

/** The texts of a spec have been checked: what is no address is none of ours. */
const addressesOf = (texts: readonly string[]): readonly Address[] =>
  texts.map(parseAddress).filter(address => typeof address !== 'string')
