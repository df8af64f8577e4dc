/** Readers of lists against what made them, however the bytes are cut. */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Members } from '../../lib/io/json/members.ts'
import { formatOfName, type ListFormat } from '../../lib/io/list/formats.ts'
import { type Listed, recordsOf } from '../../lib/io/list.ts'

const folder = mkdtempSync(join(tmpdir(), 'groundwork-list-'))

async function read(content: string, format: ListFormat): Promise<readonly Listed[]> {
  const path = join(folder, 'list')
  writeFileSync(path, content)
  const all: Listed[] = []
  for await (const many of recordsOf(path, format, 'list')) all.push(...many)
  return all
}

/** Cut after each of these numbers of bytes, over and over. */
function membersOf(text: string, cuts: readonly number[]): readonly string[] {
  const members = new Members(1 << 20, () => new Error('too long'))
  const bytes = Buffer.from(text)
  const found: string[] = []
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const end = at + (cuts[i % cuts.length] ?? 1)
    // Each chunk is overwritten afterwards, as by a reader that has only one buffer.
    const chunk = Buffer.from(bytes.subarray(at, end))
    found.push(...members.push(chunk).map(member => member.text))
    chunk.fill(0)
    at = end
  }
  return found
}

const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 })
const spaces = fc.constantFrom(undefined, 1, '\t')

test('the members of an array are its elements', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), cuts, spaces, (values, where, space) => {
      const found = membersOf(JSON.stringify(values, undefined, space), where)
      expect(found.map(text => JSON.parse(text) as unknown)).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})

test('the members of an object are its entries, in order', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), cuts, spaces, (values, where, space) => {
      const found = membersOf(JSON.stringify(values, undefined, space), where)
      const entries = found.flatMap(text => Object.entries(JSON.parse(`{${text}}`) as object))
      expect(entries).toEqual(Object.entries(JSON.parse(JSON.stringify(values)) as object))
    }),
  )
})

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`
const cell = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '"', ',', '\n', '\r\n', ';', '#') })

test('rows of a table come out as they were written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 12 }), async rows => {
      const written = [['id', 'url'], ...rows].map(row => row.map(quoted).join(',')).join('\n')
      const found = await read(`\ufeff${written}\n`, 'csv')
      expect(found.map(({ value }) => value)).toEqual(rows.map(([id, url]) => ({ id, url })))
    }),
    { numRuns: 40 },
  )
})

describe('places', () => {
  test.each<[ListFormat, string, readonly string[]]>([
    ['text', 'http://a/1\n# two\n\nhttp://a/2', ['line 1', 'line 4']],
    ['jsonl', '\ufeff{"url":"x"}\r\n\n"y"\n', ['line 1', 'line 3']],
    ['csv', 'id,url\n1,x\n2,"a\nb"\n3,z\n', ['line 2', 'line 3', 'line 5']],
    ['json', '{"a":1,"b":2}', ['entry 1', 'entry 2']],
    ['json', '[\n  1,\n  2\n]', ['line 2', 'line 3']],
  ])('of %s', async (format, content, places) => {
    expect((await read(content, format)).map(({ place }) => place)).toEqual(places)
  })

  test('a table parted by tabs', async () => {
    expect((await read('id\turl\n1\ta,b\n', 'csv'))[0]?.value).toEqual({ id: '1', url: 'a,b' })
  })
})

test.each([
  ['dataset.json', 'json'],
  ['a.JSONL', 'jsonl'],
  ['a.ndjson', 'jsonl'],
  ['a.tsv', 'csv'],
  ['urls.txt', 'text'],
  ['1_GYPY5UkUy7HIcR0zq3ZCFgeZN7BAfm_', undefined],
  ['a.json.gz', undefined],
])('the format of %s is %s', (name, format) => expect(formatOfName(name)).toBe(format))
