/** The annotations of the bench are JSON of the asked shape and length, and name images as its manifests hold them. */

import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectSame } from '../../bench/annotations/expected.ts'
import { type Content, type Style, usual, writeMix } from '../../bench/annotations/mix.ts'
import { readManifests, shelvesOf, writeManifests } from '../../bench/annotations/shelves.ts'
import { PathTable } from '../../lib/model/path-table.ts'

interface Row {
  readonly id: string | number
  readonly image?: string
  readonly model?: string
  readonly conversations: readonly { readonly from: string; readonly value: string }[]
}

interface Made {
  readonly text: string
  readonly rows: readonly Row[]
  readonly content: Content
}

const bytes = 6e6
const records = Math.round((usual.records * bytes) / usual.bytes)
const shelves = shelvesOf(12_000)
const folder = (): string => mkdtempSync(join(tmpdir(), 'groundwork-mix-'))

async function make(style: Style): Promise<Made> {
  const path = join(folder(), 'mix.json')
  const content = await writeMix(path, { records, bytes, style }, shelves)
  const text = readFileSync(path, 'utf8')
  return { text, rows: JSON.parse(text) as Row[], content }
}

const unescaped = (text: string): string =>
  text.replace(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

describe.each(['compact', 'pretty'] as const)('%s', style => {
  test('as long as asked for, and written as JSON.stringify writes it', async () => {
    const { text, rows } = await make(style)
    expect(rows).toHaveLength(records)
    expect(Math.abs(Buffer.byteLength(text) / bytes - 1)).toBeLessThan(0.02)
    const again = JSON.stringify(rows, null, style === 'pretty' ? 2 : 0)
    expect(unescaped(text) === again).toBe(true)
  })

  test('escapes, letters of several bytes, and conversations of turns', async () => {
    const { text, rows } = await make(style)
    for (const part of ['\\u00e9', '\\"', '\\n', '\\\\', 'é', '東京', '😀']) expect(text).toContain(part)
    for (const { conversations } of rows) {
      expect(conversations.length % 2).toBe(0)
      expect(conversations.map(({ from }) => from)).toEqual(
        conversations.map((_, i) => (i % 2 === 0 ? 'human' : 'gpt')),
      )
    }
    expect(new Set(rows.map(({ conversations }) => conversations.length)).size).toBeGreaterThan(5)
  })

  test('what is told of it is in it', async () => {
    const { rows, content } = await make(style)
    const manifests = join(folder(), 'manifests')
    writeManifests(manifests, shelves)
    const find = new PathTable(readManifests(manifests)).below('')
    const isThere = (image: string): boolean => find(Buffer.from(image), 0, Buffer.byteLength(image)) >= 0
    const named = rows.flatMap(({ image }) => (image === undefined ? [] : [image]))
    const lacking = named.filter(image => !isThere(image))
    expect(content).toEqual({
      records,
      textOnly: rows.length - named.length,
      lacking: lacking.length,
      lost: new Set(lacking).size,
    })
    expect(content.lost).toBeGreaterThan(0)
    expect(content.textOnly / records).toBeCloseTo(0.06, 1)
    expect(new Set(named.map(image => image.split('/').slice(0, 2).join('/'))).size).toBe(6)
  })

  test('the same each time', async () =>
    expect((await make(style)).text === (await make(style)).text).toBe(true))
})

test.each([16, 1000, 1_200_000])('%d files, none of them twice', files => {
  const all = shelvesOf(files)
  expect(all.reduce((sum, shelf) => sum + shelf.files, 0)).toBe(files)
  for (const shelf of all.filter(({ files }) => files < 40_000)) {
    const names = Array.from({ length: 2 * shelf.files }, (_, i) => shelf.name(i))
    expect(new Set(names).size).toBe(names.length)
  }
})

test('who finds something else fails', () => {
  expectSame({ records: 2 }, { records: 2 })
  expect(() => expectSame({ records: 1 }, { records: 2 })).toThrow('found {"records":1}, not {"records":2}')
})
