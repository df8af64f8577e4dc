/** What a user reads, whole, when a list or its addresses are not as they should be. */

import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { mirror } from '../rig/playground.ts'
import { type Listed, onePixel, picture, ran } from './rig.ts'

const deaf = 'http://192.0.2.1'
const text = (...lines: readonly string[]): Pick<Listed, 'list' | 'fileName'> => ({
  list: lines.join('\n'),
  fileName: 'urls.txt',
})

const refused: Readonly<Record<string, Listed>> = {
  'bad-list.type': { list: '"http://example.org/a.jpg"' },
  'bad-list.empty': { list: '{}' },
  'bad-list.line': { list: `{"url": "${deaf}/a"}\nhttp://example.org\n`, fileName: 'urls.jsonl' },
  'bad-list.table': { list: 'id,url\n1,"a"b\n', fileName: 'urls.csv' },
  'bad-list.addresses': { list: 'id,link\n1,x\n', fileName: 'urls.csv' },
  'bad-list.columns': { list: 'id,url\n1,2,3\n', fileName: 'urls.csv' },
  'invalid-json': { list: `{"B01": {"imageURL": "${deaf}/a.jpg"},}` },
  'entry-outside': text(`${deaf}/x/..%2f..%2f.ssh%2fkeys`, `${deaf}/good.jpg`, `${deaf}/a%5cb.jpg`),
  'entry-bad-name': {
    list: { B01: { url: `${deaf}/1.jpg`, title: 'a book' } },
    params: { name: '{asin}.jpg' },
  },
  'entry-duplicate': text(
    ...Array.from({ length: 14 }, (_, i) => `${deaf}/${i}/front.jpg`),
    `${deaf}/0/front.jpg`,
  ),
  'entry-file-and-folder': {
    list: [`${deaf}/1`, `${deaf}/2`].map((url, i) => ({ url, id: ['covers', 'covers/a'][i] })),
    params: { name: '{id}' },
  },
  'entry-clash': { ...text(`${deaf}/A.jpg`, `${deaf}/a.jpg`), bench: { foldsCase: true } },
  offline: { ...text(`${deaf}/a.jpg`), bench: { offline: true } },
}

test.each(Object.entries(refused))('%s', async (name, listed) => {
  const { problem, bench } = await ran(listed)
  expect(problem?.code).toBe(name.split('.')[0])
  expect(bench.counts.requests).toBe(0)
  expectGolden(`urls/${name}`, problem ?? [])
})

async function shopWithGaps(): Promise<Listed> {
  const host = await mirror()
  // The golden must not know the port.
  const address = (path: string): string => `http://me:secret@${new URL(host.url).host}${path}`
  for (const key of ['a', 'b', 'c', 'd']) host.serve(`/${key}.jpg`, picture(key))
  host.serve('/pixel.jpg', onePixel)
  const keys = ['a', 'b', 'c', 'd', 'gone', 'lost', 'pixel']
  return {
    list: { ...Object.fromEntries(keys.map(key => [key, address(`/${key}.jpg?token=hidden`)])), none: {} },
  }
}

const portless = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/g, 'example.org')

test('addresses-failed', async () => {
  const listed = await shopWithGaps()
  const { problem, bench } = await ran({
    ...listed,
    params: { allowMissing: { form: 'share', share: 0.5 } },
    bench: shelved(),
  })
  expect(problem).toBeUndefined()
  expect(bench.remarks).toEqual({ addresses: 8, missing: 4 })
  const told = JSON.parse(portless(JSON.stringify(bench.told))) as typeof bench.told
  expectGolden('urls/addresses-failed', told)
})

const shelved = (): { readonly shelf: string } => {
  const shelf = join(mkdtempSync(join(tmpdir(), 'groundwork-')), '.groundwork/shelf/urls~2ocr~1images')
  mkdirSync(shelf, { recursive: true })
  return { shelf }
}

test.each(['', '.share'])('too-many-missing%s', async form => {
  const allowMissing = form === '' ? {} : { allowMissing: { form: 'share' as const, share: 0.125 } }
  const { problem } = await ran({ ...(await shopWithGaps()), params: allowMissing, bench: shelved() })
  const told = JSON.parse(portless(JSON.stringify(problem?.diagnostics))) as NonNullable<
    typeof problem
  >['diagnostics']
  expectGolden(`urls/too-many-missing${form}`, told)
})
