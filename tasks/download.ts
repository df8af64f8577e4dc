/** The task kind `download`: one file from the first of its addresses that gives it. The work is in download/run.ts. */

import { resolve } from 'node:path'
import { onDemand } from '../lib/io/on-demand.ts'
import { type Address, identityOf, parseAddress } from '../lib/model/address.ts'
import type { Ingredient } from '../lib/model/fingerprint.ts'
import { isPinned } from '../lib/model/lock-file.ts'
import type { DownloadParams } from '../lib/model/params.ts'
import type { Place } from '../lib/model/problem.ts'
import type { Outline, TaskKind } from '../lib/model/task.ts'
import { atLockedRevision, pinsOf } from './download/pins.ts'
import type { Manner } from './download/run.ts'

// Loaded when there is work, as their libraries are.
const running = onDemand(() => import('./download/run.ts'))
const lookingForMissing = onDemand(() => import('./download/missing.ts'))
const inquiring = onDemand(() => import('./download/inquire.ts'))

export const download = downloadKind()

/** In another manner than the usual, for tests. */
export function downloadKind(manner?: Manner): TaskKind<DownloadParams> {
  return {
    name: 'download',
    version: 1,
    lane: 'network',
    outline,
    run: async (params, bench) => (await running()).run(atLockedRevision(params), bench, manner),
    missing: async params => (await lookingForMissing()).missing(params),
    inquire: async (params, inquiry) => (await inquiring()).inquire(params, inquiry, manner?.patience),
  }
}

function outline(params: DownloadParams): Outline {
  const { url, size, locked } = params.download
  const isFixed = isPinned(params.download)
  const addresses = url.map(parseAddress).filter((address): address is Address => typeof address !== 'string')
  const [first] = addresses
  const place = params.places['url']
  const local = addresses.filter(address => address.scheme === 'file')
  const bytes = size?.bytes
  return {
    name: params.name,
    fingerprint: [
      ...addresses.map(
        (address, i): Ingredient => ({
          name: addresses.length === 1 ? 'url' : `url[${i}]`,
          value: identityOf(address),
          ...(place && { place }),
        }),
      ),
      // A digest says all that a revision could.
      ...(locked?.revision !== undefined && !isFixed
        ? [revisionOf(locked.revision, locked.places['revision'])]
        : []),
    ],
    takes: [],
    gives: {
      form: 'file',
      at: params.at,
      lasting: false,
      pins: pinsOf(params.download, params.places),
      ...(local.length > 0 && { borrowed: true }),
    },
    forecast: {
      bytes,
      files: 1,
      ...(first?.scheme === 'file'
        ? { copyOf: resolve(params.folder, first.path), mayLink: addresses.length === 1 }
        : first && { download: { host: first.host, bytes } }),
    },
    ...(local.length > 0 && !isFixed && { reads: local.map(({ path }) => resolve(params.folder, path)) }),
  }
}

const revisionOf = (value: string, place: Place | undefined): Ingredient => ({
  name: 'revision',
  value,
  ...(place && { place }),
})
