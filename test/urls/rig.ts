/** Lists of pictures on loopback, and what a test wants to know of a build of them. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mirror } from '../../demo/mirror.ts'
import type { Patience } from '../../lib/io/http.ts'
import type { UrlsParams } from '../../lib/model/params.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { urlsKind } from '../../tasks/urls.ts'
import { type Ground, ground, mirror, sha256Of } from '../rig/playground.ts'
import { rowsIn } from '../rig/rows.ts'
import { fileInput, type TestBench, testBench } from '../rig/workbench.ts'

/** A file that begins like a GIF of 64 by 48 pixels; another one for each seed. */
export function picture(seed: number | string, bytes = 400): Buffer {
  const head = Buffer.from('GIF89a\x40\x00\x30\x00', 'latin1')
  return Buffer.concat([head, Buffer.alloc(bytes - head.length, `${seed} `)])
}

/** A GIF of one pixel, as shops answer for what they do not sell any more. */
export const onePixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

export interface Shop {
  readonly ground: Ground
  readonly mirror: Mirror
  /** Serves a picture and returns its address. */
  readonly sell: (key: string, body?: Buffer) => string
  /** Paths that were asked for since the last call, sorted. */
  readonly asked: () => readonly string[]
  /** Writes dataset.json: key → record with the address of `/P/KEY.jpg`, unless another is given. */
  readonly list: (keys: readonly string[], others?: Readonly<Record<string, unknown>>) => void
  readonly ledger: (target?: string) => readonly Record<string, unknown>[]
}

export async function shop(): Promise<Shop> {
  const [place, host] = [ground(), await mirror()]
  let seen = 0
  const addressOf = (key: string): string => `${host.url}/P/${key}.jpg`
  return {
    ground: place,
    mirror: host,
    sell(key, body = picture(key)) {
      host.serve(`/P/${key}.jpg`, body)
      return addressOf(key)
    },
    asked() {
      const paths = host.requests.slice(seen).map(({ path }) => path)
      seen = host.requests.length
      return paths.toSorted()
    },
    list(keys, others = {}) {
      const entries = keys.map(key => [key, { imageURL: addressOf(key), title: `about ${key}` }] as const)
      place.write('dataset.json', JSON.stringify({ ...Object.fromEntries(entries), ...others }))
    },
    ledger: (target = 'ocr/images') =>
      rowsIn(join(place.root, '.groundwork/shelf', `urls~2${target.replaceAll('/', '~1')}`, 'ledger.ndjson')),
  }
}

export const keysTo = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `B${String(i + 1).padStart(4, '0')}`)

/** Where a host is asked for them. */
export const paths = (keys: readonly string[]): readonly string[] => keys.map(key => `/P/${key}.jpg`)

/** What lies in the playground when they came. */
export const treeOf = (keys: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(keys.map(key => [`ocr/images/${key}.jpg`, sha256Of(picture(key))]))

/** A spec of one target, `ocr/images`. */
export const spec = (rest = '', name = '{key}.jpg'): string =>
  `targets:\n  ocr/images:\n    sources:\n      - urls: dataset.json\n        name: '${name}'\n${rest}`

export interface Listed {
  /** The content of the list, or its entries as JSON. */
  readonly list: string | Buffer | object
  readonly fileName?: string
  readonly params?: Partial<UrlsParams>
  readonly now?: () => number
  readonly bench?: Partial<Workbench>
  readonly patience?: Partial<Patience>
}

export interface Ran {
  readonly bench: TestBench
  readonly problem: Problem | undefined
}

const place = (line: number) => ({ file: 'datasets.yaml', line, column: 9, length: 4 })

/** One attempt on a bench of its own. With the bench of an earlier one it goes on there. */
export async function ran({
  list,
  fileName = 'dataset.json',
  params,
  now,
  bench,
  ...rest
}: Listed): Promise<Ran> {
  const made = testBench(bench)
  const content = typeof list === 'string' || Buffer.isBuffer(list) ? list : JSON.stringify(list)
  const path = join(made.shelf, '..', fileName)
  writeFileSync(path, content)
  const workbench = { ...made, inputs: [fileInput(path, Buffer.byteLength(content), sha256Of(content))] }
  const whole: UrlsParams = {
    target: 'ocr/images',
    at: 'ocr/images',
    lasting: true,
    from: 'download:list',
    listName: fileName,
    format: undefined,
    key: undefined,
    address: undefined,
    name: undefined,
    allowMissing: undefined,
    files: undefined,
    fill: undefined,
    places: { from: place(5), name: place(6), allow_missing: place(7) },
    ...params,
  }
  const patience = { connectMs: 5_000, firstByteMs: 20_000, stallMs: 250, ...rest.patience }
  const problem = await urlsKind({ patience, ...(now && { now }) })
    .run(whole, workbench)
    .then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof Problem) return error
        throw error
      },
    )
  return { bench: made, problem }
}
