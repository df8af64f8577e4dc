/** Google Drive: past its pages to the file, and what each of its other pages means. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import { type Mirror, startMirror } from '../../demo/mirror.ts'
import { attributesOf, decoded } from '../../tasks/download/page.ts'
import { accessPage, confirmPage, folderPage, otherPage, quotaPage } from './drive-pages.ts'
import { content, fetched, paramsOf, sha256 } from './rig.ts'

const body = content(90_000)
const address = 'gdrive://1dKumdOK'
let drive: Mirror
let store: Mirror

beforeEach(async () => {
  drive = await startMirror()
  store = await startMirror()
  store.serve('/download', body)
  vi.stubEnv('GDRIVE_ENDPOINT', `${drive.url}/`)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await drive.close()
  await store.close()
})

const page = (html: string, status?: number): Behaviour => ({
  does: 'page',
  html,
  ...(status !== undefined && { status }),
})
const answers = (html: string, path = '/uc'): void => drive.serve(path, body, page(html))
const asked = (mirror: Mirror): readonly string[] => mirror.requests.map(({ path, query }) => path + query)

describe('a file', () => {
  test('that is small comes at once, and is not fetched twice', async () => {
    const large = content(5_000_000)
    drive.serve('/uc', large, { does: 'redirect', to: `${store.url}/download?id=1dKumdOK` })
    store.serve('/download', large)
    const { bytes, bench } = await fetched(paramsOf(address))
    expect(bytes?.equals(large)).toBe(true)
    expect(asked(drive)).toEqual(['/uc?export=download&id=1dKumdOK'])
    expect(asked(store)).toEqual(['/download?id=1dKumdOK', '/download?id=1dKumdOK'])
    expect(store.requests[0]?.bytes).toBeLessThan(large.length)
    expect(bench.remarks['host']).toBe(new URL(drive.url).host)
  })

  test.each(['elsewhere', 'here'])('that nobody scanned is asked for with the form, %s', async where => {
    const host = where === 'here' ? drive : store
    answers(confirmPage(where === 'here' ? '/download' : `${store.url}/download?id=old`))
    host.serve('/download', body)
    const { bytes } = await fetched(paramsOf(address, { sha256: sha256(body) }))
    expect(bytes?.equals(body)).toBe(true)
    expect(asked(host).at(-1)).toBe('/download?id=1dKumdOK&export=download&confirm=t&uuid=5a%26b+%E2%9C%93')
  })

  test('is continued where it was cut, after asking the way again', async () => {
    answers(confirmPage(`${store.url}/download`))
    store.script('/download', [{ does: 'cut', after: 30_000 }])
    const { bytes } = await fetched(paramsOf(address))
    expect(bytes?.equals(body)).toBe(true)
    expect(asked(drive)).toHaveLength(2)
    expect(store.requests.map(({ range }) => range)).toEqual([
      undefined,
      expect.stringMatching(/^bytes=[1-9]/),
    ])
  })

  test('that is an HTML file is a file', async () => {
    answers(folderPage({ '1dKumdOK': 'index.html' }), '/embeddedfolderview')
    drive.serve('/uc', body)
    expect((await fetched(paramsOf('gdrive://1_GYPY/index.html'))).problem).toBeUndefined()
  })

  test('is waited for while Drive has trouble', async () => {
    drive.serve('/uc', body)
    drive.script('/uc', [
      { does: 'status', status: 503, retryAfter: '1' },
      { does: 'status', status: 503, retryAfter: '1' },
    ])
    const { bytes, bench } = await fetched(paramsOf(address))
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.pauses).toEqual([1000])
  })
})

describe('instead of a file', () => {
  test.each([
    ['its quota page', quotaPage, 'quota-exceeded'],
    ['a page that asks for access', accessPage, 'unauthorized'],
    ['a sign-in page', otherPage.replace('Error 400', 'Google Drive: Sign-in'), 'unauthorized'],
    ['any other page', otherPage, 'html-instead-of-data'],
    ['a form that leads to something that is not on the web', confirmPage('ftp://x/y'), 'bad-redirect'],
  ])('%s', async (_, html, code) => {
    answers(html)
    const { problem, bytes } = await fetched(paramsOf(address))
    expect(problem?.code).toBe(code)
    expect(bytes).toBeUndefined()
  })

  test('the quota page behind the form', async () => {
    answers(confirmPage(`${store.url}/download`))
    store.serve('/download', body, page(quotaPage))
    expect((await fetched(paramsOf(address))).problem?.code).toBe('quota-exceeded')
  })

  test('a quota page with status 403', async () => {
    drive.serve('/uc', body, page(quotaPage, 403))
    expect((await fetched(paramsOf(address))).problem?.code).toBe('quota-exceeded')
  })

  test('nothing, where there is no such file', async () => {
    drive.serve('/uc', body, page(otherPage, 404))
    expect((await fetched(paramsOf(address))).problem?.code).toBe('not-found')
  })

  test('the next mirror has its turn after the quota page', async () => {
    answers(quotaPage)
    const params = paramsOf(address, { mirrors: [`${store.url}/download`] })
    const { bytes, bench } = await fetched(params)
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ code: 'quota-exceeded', severity: 'warning' }])
  })
})

describe('a folder', () => {
  const files = { '0ther': 'loadDataset.py', '1dKumdOK': 'Tom &amp; &#39;Jerry&#39;.json' }

  test('gives the file of that name', async () => {
    answers(folderPage(files), '/embeddedfolderview')
    drive.serve('/uc', body)
    const { bytes } = await fetched(paramsOf("gdrive://1_GYPY/Tom & 'Jerry'.json"))
    expect(bytes?.equals(body)).toBe(true)
    expect(asked(drive).slice(0, 2)).toEqual([
      '/embeddedfolderview?id=1_GYPY',
      '/uc?export=download&id=1dKumdOK',
    ])
  })

  test.each([
    ['without it', folderPage(files), 'loadDataset.py'],
    ['with it twice', folderPage({ a: 'x.json', b: 'x.json' }), 'gdrive://b'],
    ['that is empty', folderPage({}), 'a page titled'],
  ])('%s', async (_, html, says) => {
    answers(html, '/embeddedfolderview')
    const { problem } = await fetched(paramsOf('gdrive://1_GYPY/x.json'))
    expect(problem?.code).toBe('not-found')
    expect(JSON.stringify(problem?.diagnostics)).toContain(says)
    expect(asked(drive)).toEqual(['/embeddedfolderview?id=1_GYPY'])
  })
})

test('a folder that is not shared says so', async () => {
  answers(accessPage, '/embeddedfolderview')
  expect((await fetched(paramsOf('gdrive://1_GYPY/x.json'))).problem?.code).toBe('unauthorized')
})

test('GDRIVE_ENDPOINT has to be a web address', async () => {
  vi.stubEnv('GDRIVE_ENDPOINT', 'drive.example')
  expect((await fetched(paramsOf(address))).problem?.code).toBe('bad-address')
})

test('entities and attributes are read as a browser reads them', () => {
  expect(decoded('a&amp;amp;b &lt;&#x1F600;&#65;&nope;&#x110000;')).toBe('a&amp;b <😀A&nope;&#x110000;')
  expect([...attributesOf(`ID=x class='a "b"' hidden value="1&quot;2" id=y`)]).toEqual([
    ['id', 'x'],
    ['class', 'a "b"'],
    ['hidden', ''],
    ['value', '1"2'],
  ])
})
