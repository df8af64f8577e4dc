/** What a user reads, whole, for each code that a download raises. `UPDATE_GOLDENS=1` rewrites. */

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import type { Mirror } from '../../demo/mirror.ts'
import { nextHop } from '../../lib/io/http.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Download } from '../../lib/model/spec.ts'
import { freeHost, testBench } from '../rig/workbench.ts'
import { accessMessages } from './access-messages.ts'
import {
  addressAt,
  content,
  fetched,
  fileName,
  hostThatSays,
  mirrorOf,
  paramsOf,
  sha256,
  small,
} from './rig.ts'
import { body, draw, refused, refusedByHub, told, unasked } from './told.ts'

const folder = new URL('../goldens/download/', import.meta.url)
const size = { bytes: body.length, exact: true }
const lockPlace = { file: 'datasets.lock.yaml', line: 7, column: 13, length: 64 }

/** Of a second run, after the first was cut in the middle for good. */
async function continued(download: Partial<Download>, next: (mirror: Mirror) => void): Promise<string> {
  const mirror = await mirrorOf(body)
  mirror.script(`/${fileName}`, [{ does: 'cut', after: 4_200 }])
  const pause = () => {
    next(mirror)
    return Promise.resolve()
  }
  return told(await fetched(paramsOf(addressAt(mirror), download), { pause }), mirror)
}

const messages: Readonly<Record<string, () => Promise<string>>> = {
  ...accessMessages,
  'digest-mismatch': () => refused({ does: 'wrong-bytes' }, { sha256: sha256(body) }),
  'digest-mismatch.md5': () => refused({ does: 'wrong-bytes' }, { md5: '0'.repeat(32) }),
  'digest-mismatch.locked': () =>
    refused({ does: 'wrong-bytes' }, { sha256: sha256(body), locked: { places: { sha256: lockPlace } } }),
  'digest-mismatch.announced': () =>
    refusedByHub({ does: 'huggingface', sha256: 'f'.repeat(64) }, '', { sha256: sha256(body) }),
  'digest-mismatch.hub': () => refusedByHub({ does: 'huggingface', sha256: 'f'.repeat(64) }, ''),
  'digest-mismatch.continued': async () => {
    const bad = await mirrorOf()
    bad.serve(`/${fileName}`, content(20_300, 2))
    bad.script(`/${fileName}`, [
      { does: 'cut', after: 4_200 },
      { does: 'status', status: 404 },
    ])
    const good = await mirrorOf(body)
    const params = paramsOf(addressAt(bad), { mirrors: [addressAt(good)], sha256: sha256(body) })
    return told(await fetched(params), bad, good)
  },
  'size-mismatch': () => refused({ does: 'wrong-length', bytes: 20_299 }, { size }),
  'size-mismatch.locked': () =>
    refused({ does: 'wrong-length', bytes: 20_299 }, { size, locked: { places: { size: lockPlace } } }),
  'size-mismatch.rounded': () =>
    refused({ does: 'wrong-length', bytes: 2_000 }, { size: { bytes: 20_300_000_000, exact: false } }),
  'size-mismatch.hub': () => refusedByHub({ does: 'huggingface', size: 7 }, ''),
  'not-found.part': async () => {
    const mirror = await mirrorOf(body)
    mirror.serve('/images.z01', body)
    mirror.serve('/images.z02', body, { does: 'status', status: 404 })
    const params = paramsOf(['images.z01', 'images.z02', fileName].map(name => `${mirror.url}/${name}`))
    return told(await fetched(params), mirror)
  },
  'not-found': () => refused({ does: 'status', status: 404 }),
  'server-error': () => refused({ does: 'status', status: 503 }),
  'rate-limited': () => refused({ does: 'status', status: 429 }),
  'connection-failed': async () => {
    const mirror = await mirrorOf()
    await mirror.close()
    return told(await fetched(paramsOf(addressAt(mirror))), mirror)
  },
  'connection-cut': () => refused({ does: 'cut', after: 4_200, ranges: 'ignored' }),
  stalled: () => refused({ does: 'stall', after: 0 }),
  'range-ignored': () => continued({}, mirror => mirror.script(`/${fileName}`, [{ does: 'no-ranges' }])),
  'range-ignored.always': async () => {
    const mirror = await mirrorOf(body)
    const cut = (after: number): Behaviour => ({ does: 'cut', after })
    const shifted: Behaviour = { does: 'wrong-range' }
    mirror.script(`/${fileName}`, [cut(9_000), shifted, cut(0), cut(4_200), shifted])
    return told(await fetched(paramsOf(addressAt(mirror))), mirror)
  },
  'source-changed': () => continued({}, mirror => mirror.serve(`/${fileName}`, content(20_000, 2))),
  'html-instead-of-data': () => refused({ does: 'html', title: 'Sign in to continue' }),
  'html-instead-of-data.no-title': () => refused({ does: 'html', title: '' }),
  'bad-redirect': () => refused({ does: 'redirect-loop' }),
  'bad-redirect.forged': () =>
    Promise.resolve().then(() => {
      try {
        return nextHop(new URL('https://data.example/images.zip?sig=1'), 'http://data.example/a?sig=1', 0)
          .href
      } catch (problem) {
        return problem instanceof Problem ? draw(problem.diagnostics) : 'no problem'
      }
    }),
  'file-not-found': () => unasked('archives/images.zip'),
  'file-not-found.folder': () => {
    const params = paramsOf('archives')
    mkdirSync(join(params.folder, 'archives'))
    return fetched(params).then(result => told(result))
  },
  offline: () => unasked('https://data.example/images.zip', { size }, { offline: true }),
  'offline.no-size': () => unasked('https://data.example/images.zip', {}, { offline: true }),
  'all-sources-failed': async () => {
    const [one, two, three] = [await mirrorOf(), await mirrorOf(), await mirrorOf()]
    one.serve(`/${fileName}`, body, { does: 'html', title: 'Gone' })
    two.serve(`/${fileName}`, body, { does: 'wrong-bytes' })
    const mirrors = [addressAt(two), addressAt(three)]
    const params = paramsOf(addressAt(one), { mirrors, sha256: sha256(body) })
    return told(await fetched(params), one, two, three)
  },
  'too-slow': async () => {
    const [slow, good] = [await mirrorOf(), await mirrorOf(body)]
    slow.serve(`/${fileName}`, body, { does: 'drip', bytesPerSecond: 100 })
    const params = paramsOf(addressAt(slow), { mirrors: [addressAt(good)] })
    const host = (name: string) =>
      freeHost(name, { connections: 1, budget: { floorBytesPerSecond: 200_000 } })
    const said = told(await fetched(params, { host }, small), slow, good)
    return said.replace(/found .*\/s/, 'found   90 B/s')
  },
  'digest-mismatch.pieces': async () => {
    const large = content(400_000)
    const mirror = await mirrorOf()
    mirror.serve(`/${fileName}`, large, { does: 'drip', bytesPerSecond: 2_000_000 })
    const said = told(await fetched(paramsOf(addressAt(mirror), { sha256: sha256(body) }), {}, small), mirror)
    return said.replace(/in \d+ pieces/, 'in 21 pieces')
  },
  'encoded-content': async () => {
    const headers = { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' }
    const host = await hostThatSays(() => ({ status: 200, headers, body }))
    const said = told(await fetched(paramsOf(host.address)))
    return said.replaceAll(new URL(host.address).host, 'data.example')
  },
  'rate-limited.hours': () => refused({ does: 'status', status: 429, retryAfter: '7200' }),
  'rate-limited.waiting': async () => {
    const mirror = await mirrorOf(body)
    mirror.script(`/${fileName}`, [{ does: 'status', status: 429, retryAfter: '60' }])
    return told(await fetched(paramsOf(addressAt(mirror))), mirror)
  },
  'disk-full.announced': async () => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(2 ** 50) }
    const host = await hostThatSays(() => ({ status: 200, headers, body }))
    const said = told(await fetched(paramsOf(host.address), { audience: () => 'kept' }))
    return said.replace(/found .* free/, 'found   46.0 GB free')
  },
  'taken-over': async () => {
    const large = content(400_000)
    const mirror = await mirrorOf()
    mirror.serve(`/${fileName}`, large, { does: 'drip', bytesPerSecond: 2_000_000 })
    const first = testBench()
    const progress = (): void => renameSync(...movedShelf(first.shelf))
    return told(
      await fetched(paramsOf(addressAt(mirror)), { shelf: first.shelf, progress: onlyOnce(progress) }, small),
      mirror,
    )
  },
  'disk-full': async () => {
    const mirror = await mirrorOf(body)
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    const host = (name: string) => freeHost(name, { ration: () => Promise.reject(full) })
    return told(await fetched(paramsOf(addressAt(mirror)), { host }), mirror)
  },
}

/** What another run does that takes a partial download over. */
const movedShelf = (shelf: string): [string, string] => {
  const [folder = ''] = readdirSync(shelf)
  return [join(shelf, folder), join(shelf, 'another')]
}

function onlyOnce(work: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) work()
    isDone = true
  }
}

describe('messages', () => {
  test.each(Object.entries(messages))('%s', async (name, message) => {
    const text = await message()
    const golden = new URL(`${name}.txt`, folder)
    if (process.env['UPDATE_GOLDENS']) writeFileSync(golden, text)
    expect(text).toContain(`[${name.split('.')[0]}]`)
    expect(text).toBe(readFileSync(golden, 'utf8'))
  })

  test('no golden without a test', () => {
    const names = Object.keys(messages).map(name => `${name}.txt`)
    expect(readdirSync(folder).toSorted()).toEqual(names.toSorted())
  })
})
