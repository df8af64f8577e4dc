/** What a user reads, whole, for each code that a download raises. `UPDATE_GOLDENS=1` rewrites. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import type { Mirror } from '../../demo/mirror.ts'
import { nextHop } from '../../lib/io/http.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import { Problem, withContext } from '../../lib/model/problem.ts'
import type { Download } from '../../lib/model/spec.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { drawDiagnostic } from '../../lib/report/draw.ts'
import { headersOfHosts } from '../../lib/run/headers.ts'
import { type Proxy, startProxy } from '../rig/proxy.ts'
import { freeHost, testBench } from '../rig/workbench.ts'
import { accessPage, folderPage, otherPage, quotaPage } from './drive-pages.ts'
import {
  addressAt,
  content,
  type Fetched,
  fetched,
  fileName,
  hostThatSays,
  mirrorOf,
  paramsOf,
  sha256,
  small,
} from './rig.ts'

const folder = new URL('../goldens/download/', import.meta.url)
const body = content(20_300)
const size = { bytes: body.length, exact: true }
const lockPlace = { file: 'datasets.lock.yaml', line: 7, column: 13, length: 64 }
const path = '/datasets/owner/name/resolve/main/images.zip'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Of one address that does this. */
const refused = async (
  does: Behaviour,
  download: Partial<Download> = {},
  bench: Partial<Workbench> = {},
): Promise<string> => {
  const mirror = await mirrorOf()
  mirror.serve(`/${fileName}`, body, does)
  return told(await fetched(paramsOf(addressAt(mirror), download), bench), mirror)
}

/** Of Drive, with this page. */
const refusedByDrive = async (html: string, url = 'gdrive://1dKumdOKSXtV7lIXdrG7jsIK'): Promise<string> => {
  const mirror = await mirrorOf()
  for (const way of ['/uc', '/embeddedfolderview']) mirror.serve(way, body, { does: 'page', html })
  vi.stubEnv('GDRIVE_ENDPOINT', mirror.url)
  return told(await fetched(paramsOf(url)), mirror)
}

/** To data.example, by way of a proxy that does this. */
async function throughProxy(does: (proxy: Proxy) => unknown): Promise<string> {
  const proxy = await startProxy()
  await does(proxy)
  vi.stubEnv('HTTPS_PROXY', proxy.url)
  const result = await fetched(paramsOf('https://data.example/images.zip'))
  await proxy.close()
  return told(result, { url: proxy.url, name: 'proxy.example:3128' })
}

/** What the spec sends to data.example, in this environment. */
const headersOfData = (environment: Readonly<Record<string, string>>) =>
  headersOfHosts(
    {
      file: 'datasets.yaml',
      hosts: { 'data.example': { headers: { 'X-Api-Key': '${DATA_TOKEN}' } } },
      places: { 'hosts/data.example/headers/X-Api-Key': [5, 40, 13] },
    },
    environment,
  )

/** Of the hub, with a token or without. */
const refusedByHub = async (does: Behaviour, token: string, download = {}): Promise<string> => {
  const mirror = await mirrorOf()
  mirror.serve(path, body, does)
  vi.stubEnv('HF_ENDPOINT', mirror.url)
  vi.stubEnv('HF_TOKEN', token)
  return told(await fetched(paramsOf('hf://datasets/owner/name@main/images.zip', download)), mirror)
}

const unasked = async (
  url: string | readonly string[],
  download: Partial<Download> = {},
  bench: Partial<Workbench> = {},
): Promise<string> => told(await fetched(paramsOf(url, download), bench))

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
  unauthorized: () => refused({ does: 'status', status: 401 }),
  'unauthorized.no-token': () => refusedByHub({ does: 'status', status: 401 }, ''),
  'unauthorized.token': () => refusedByHub({ does: 'status', status: 403 }, 'hf_averysecrettoken'),
  'unauthorized.password': async () => {
    const mirror = await mirrorOf()
    mirror.serve(`/${fileName}`, body, { does: 'status', status: 401 })
    return told(await fetched(paramsOf(addressAt(mirror).replace('://', '://ann:secret@'))), mirror)
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
    const said = told(await fetched(paramsOf(host.address)))
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
  'bad-address': async () => {
    vi.stubEnv('HF_ENDPOINT', 'hf-mirror')
    return unasked('hf://datasets/owner/name@main/images.zip')
  },
  'bad-address.drive': async () => {
    vi.stubEnv('GDRIVE_ENDPOINT', 'drive')
    return unasked('gdrive://1dKumdOKSXtV7lIXdrG7jsIK')
  },
  'quota-exceeded': () => refusedByDrive(quotaPage),
  'unauthorized.drive': () => refusedByDrive(accessPage),
  'html-instead-of-data.drive': () => refusedByDrive(otherPage),
  'not-found.folder': () =>
    refusedByDrive(
      folderPage(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`id${i}`, `part${i}.json`]))),
      'gdrive://1_GYPY5UkUy7/dataset.json',
    ),
  'not-found.folder-twice': () =>
    refusedByDrive(
      folderPage({ '1aaaa': 'dataset.json', '1bbbb': 'dataset.json' }),
      'gdrive://1_GYPY5UkUy7/dataset.json',
    ),
  'not-found.folder-empty': () => refusedByDrive(folderPage({}), 'gdrive://1_GYPY5UkUy7/dataset.json'),
  'unauthorized.token-file': async () => {
    const home = mkdtempSync(join(tmpdir(), 'groundwork-hub-'))
    writeFileSync(join(home, 'token'), 'hf_averysecrettoken\n')
    vi.stubEnv('HF_HOME', home)
    return (await refusedByHub({ does: 'status', status: 403 }, '')).replace(home, '/hub')
  },
  'unauthorized.token-off': () => {
    vi.stubEnv('HF_HUB_DISABLE_IMPLICIT_TOKEN', '1')
    return refusedByHub({ does: 'status', status: 401 }, 'hf_averysecrettoken')
  },
  'unauthorized.hosts': () =>
    refused({ does: 'status', status: 403 }, {}, { headersOf: () => ({ authorization: 'Bearer secret' }) }),
  'unauthorized.netrc': () => {
    const netrc = join(mkdtempSync(join(tmpdir(), 'groundwork-netrc-')), 'netrc')
    writeFileSync(netrc, 'default login ann password secret')
    vi.stubEnv('NETRC', netrc)
    return refused({ does: 'status', status: 401 })
  },
  'file-not-found.netrc': () => {
    vi.stubEnv('NETRC', '/nowhere/netrc')
    return unasked('https://data.example/images.zip')
  },
  'connection-failed.proxy': () => throughProxy(proxy => proxy.close()),
  'connection-failed.proxy-407': () => throughProxy(proxy => proxy.refuse(407)),
  'connection-failed.proxy-502': () => throughProxy(proxy => proxy.refuse(502)),
  'bad-address.proxy': () => {
    vi.stubEnv('ALL_PROXY', 'socks5://ann:secret@proxy.example:1080')
    return unasked('https://data.example/images.zip')
  },
  'unset-variable': () => unasked('https://data.example/images.zip', {}, { headersOf: headersOfData({}) }),
  'bad-value.variable': () =>
    unasked('https://data.example/images.zip', {}, { headersOf: headersOfData({ DATA_TOKEN: 'a\nb' }) }),
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

const draw = (diagnostics: readonly Diagnostic[]): string =>
  `${diagnostics.map(diagnostic => drawDiagnostic(diagnostic)).join('\n\n')}\n`

/** All that is said, as the run says it: of a task. The ports of the mirrors are others each time. */
function told(
  { bench, problem }: Fetched,
  ...mirrors: readonly { readonly url: string; readonly name?: string }[]
): string {
  const subject = 'gqa/images: download'
  const said = [
    ...bench.told.map(diagnostic => ({ subject, ...diagnostic })),
    ...(problem ? withContext(problem, { subject }).diagnostics : []),
  ]
  const names = ['data.example', 'mirror.example', 'third.example']
  const text = mirrors.reduce(
    (json, { url, name }, i) => json.replaceAll(new URL(url).host, name ?? names[i] ?? ''),
    JSON.stringify(said),
  )
  return draw(JSON.parse(text) as Diagnostic[])
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
