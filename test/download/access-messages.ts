/** Messages about leave to have a file and the way to it: tokens and passwords, Drive, the hub, proxies. */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { headersOfHosts } from '../../lib/run/headers.ts'
import { type Proxy, startProxy } from '../rig/proxy.ts'
import { accessPage, folderPage, otherPage, quotaPage } from './drive-pages.ts'
import { addressAt, fetched, fileName, mirrorOf, paramsOf } from './rig.ts'
import { body, refused, refusedByHub, told, unasked } from './told.ts'

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

/** By the name of their golden. */
export const accessMessages: Readonly<Record<string, () => Promise<string>>> = {
  unauthorized: () => refused({ does: 'status', status: 401 }),
  'unauthorized.no-token': () => refusedByHub({ does: 'status', status: 401 }, ''),
  'unauthorized.token': () => refusedByHub({ does: 'status', status: 403 }, 'hf_averysecrettoken'),
  'unauthorized.password': async () => {
    const mirror = await mirrorOf()
    mirror.serve(`/${fileName}`, body, { does: 'status', status: 401 })
    return told(await fetched(paramsOf(addressAt(mirror).replace('://', '://ann:secret@'))), mirror)
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
}
