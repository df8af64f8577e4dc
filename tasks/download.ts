/** The task kind `download`: one file from the first of its addresses that gives it. The work is in download/run.ts. */

import { resolve } from 'node:path'
import type { Patience } from '../lib/io/http.ts'
import { type Address, identityOf, parseAddress } from '../lib/model/address.ts'
import type { DownloadParams } from '../lib/model/params.ts'
import type { Ingredient, Outline, TaskKind } from '../lib/model/task.ts'
import { pinsOf } from './download/pins.ts'
import { notYet } from './download/unbuilt.ts'

export const download = downloadKind()

/** With another patience than the usual, for tests. */
export function downloadKind(patience?: Patience): TaskKind<DownloadParams> {
  return {
    name: 'download',
    version: 1,
    lane: 'network',
    outline,
    notYet,
    // Loaded when there is work, as its libraries are.
    run: async (params, bench) => (await import('./download/run.ts')).run(params, bench, patience),
  }
}

function outline(params: DownloadParams): Outline {
  const { url, sha256, md5, size } = params.download
  const addresses = url.map(parseAddress).filter((address): address is Address => typeof address !== 'string')
  const [first] = addresses
  const place = params.places['url']
  const local = addresses.filter(address => address.scheme === 'file')
  const bytes = size?.bytes
  return {
    name: params.name,
    fingerprint: addresses.map(
      (address, i): Ingredient => ({
        name: addresses.length === 1 ? 'url' : `url[${i}]`,
        value: identityOf(address),
        ...(place && { place }),
      }),
    ),
    takes: [],
    gives: { form: 'file', at: params.at, lasting: false, pins: pinsOf(params.download, params.places) },
    forecast: {
      bytes,
      files: 1,
      ...(first?.scheme === 'file'
        ? { copyOf: resolve(params.folder, first.path) }
        : first && { download: { host: first.host, bytes } }),
    },
    ...(local.length > 0 &&
      sha256 === undefined &&
      md5 === undefined && { reads: local.map(({ path }) => resolve(params.folder, path)) }),
  }
}
