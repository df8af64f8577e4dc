/** The ledger: what is written is read again, cut anywhere; what a restart of the machine may have taken is doubted. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HashIndex, hashOf, isSame } from '../../tasks/urls/hashes.ts'
import { Ledger } from '../../tasks/urls/ledger.ts'

const sha256 = 'ab'.repeat(32)
const from = hashOf('http://example.org/a')

const folder = (): string => mkdtempSync(join(tmpdir(), 'groundwork-ledger-'))
const open = (where: string, options: Partial<Parameters<typeof Ledger.open>[1]> = {}): Promise<Ledger> =>
  Ledger.open(where, { boot: 'one', fill: 'gaps', now: () => Date.UTC(2026, 0, 1), ...options })

async function written(where: string): Promise<string> {
  const ledger = await open(where)
  ledger.came(ledger.row('a.jpg'), 'a.jpg', from, 123, sha256)
  const about = { key: 'b', address: 'http://me:secret@example.org/b?token=hidden', from, tries: 4 }
  ledger.failed(ledger.row('b.jpg'), 'b.jpg', about, { class: 'status', status: 503 })
  ledger.filled(ledger.row('b.jpg'), 'b.jpg', 45, sha256)
  ledger.lacks(ledger.row('c.jpg'), 'c.jpg')
  ledger.close()
  return readFileSync(ledger.path, 'utf8')
}

test('everything is read again', async () => {
  const where = folder()
  await written(where)
  const ledger = await open(where)
  const { rows } = ledger
  const [a, b, c] = ['a.jpg', 'b.jpg', 'c.jpg'].map(name => ledger.find(name)) as [number, number, number]
  expect(rows.is(a, 'came') && !rows.is(a, 'doubtful')).toBe(true)
  expect(rows.fileOf(a)).toEqual({ bytes: 123, sha256 })
  expect(isSame(rows.cameFrom.get(a), from)).toBe(true)
  expect(rows.failureOf(b)).toEqual({ class: 'status', status: 503, when: Date.UTC(2026, 0, 1) })
  expect(rows.is(b, 'filled') && rows.is(b, 'failed') && !rows.is(b, 'came')).toBe(true)
  expect(rows.is(c, 'lacked')).toBe(true)
  expect(ledger.find('d.jpg')).toBe(-1)
  ledger.close()
})

test('people can read it, and no secret stands in it', async () => {
  const text = await written(folder())
  expect(text).toMatch(
    /"failed":"b\.jpg","key":"b","address":"http:\/\/.*example\.org\/b.*"class":"status","status":503/,
  )
  expect(text).not.toMatch(/secret|hidden/)
})

test('cut at any byte it holds what was whole, and goes on from there', async () => {
  const whole = await written(folder())
  for (let cut = 0; cut <= whole.length; cut += 7) {
    const where = folder()
    writeFileSync(join(where, 'ledger.ndjson'), whole.slice(0, cut))
    const ledger = await open(where)
    ledger.came(ledger.row('z.jpg'), 'z.jpg', from, 9, sha256)
    ledger.close()
    const again = await open(where)
    expect(again.rows.is(again.find('z.jpg'), 'came')).toBe(true)
    const kept = whole.slice(0, cut).split('\n').slice(0, -1)
    expect(again.find('a.jpg') >= 0).toBe(kept.some(line => line.includes('"came":"a.jpg"')))
    again.close()
  }
})

test('what was written before the machine started is doubted; what another archive gave does not count', async () => {
  const where = folder()
  await written(where)
  const later = await open(where, { boot: 'two', fill: 'another' })
  const { rows } = later
  expect(rows.is(later.find('a.jpg'), 'doubtful')).toBe(true)
  expect(rows.is(later.find('b.jpg'), 'filled')).toBe(false)
  expect(later.find('c.jpg')).toBe(-1)
  later.close()
})

test('lines that a crash turned into noise are passed over', async () => {
  const where = folder()
  const whole = await written(where)
  writeFileSync(join(where, 'ledger.ndjson'), `\0\0\0\0\n{"came":"a.jpg","bytes":"x"}\n[1]\n7\n${whole}`)
  const ledger = await open(where)
  expect(ledger.rows.is(ledger.find('a.jpg'), 'came')).toBe(true)
  ledger.close()
})

test('many names keep their numbers', () => {
  const index = new HashIndex()
  for (let i = 0; i < 5000; i += 1) expect(index.add(hashOf(`name ${i}`))).toBe(i)
  for (let i = 0; i < 5000; i += 77) {
    expect(index.add(hashOf(`name ${i}`))).toBe(i)
    expect(index.find(hashOf(`other ${i}`))).toBe(-1)
  }
})
