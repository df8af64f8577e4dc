/** An archive inside the archive: read where it lies where it is stored, inflated once where it is deflated. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { unpackOutline } from '../../tasks/unzip/params.ts'
import { ground } from '../rig/playground.ts'
import { splitZipOf, type ZipPart, zipOf } from '../rig/zips.ts'
import { paramsOf, staged, stagedPath, unpack } from './rig.ts'

const inner = zipOf([
  { name: 'images/1.jpg', content: 'one', method: 8 },
  { name: 'images/2.jpg', content: 'two' },
  { name: 'readme.txt', content: 'read me' },
])

const outer = (part: Partial<ZipPart> = {}): readonly ZipPart[] => [
  { name: 'licence.txt', content: 'as it is' },
  { name: 'data/images.zip', content: inner, ...part },
  { name: 'data/other.zip', content: zipOf([{ name: 'images/3.jpg', content: 'three' }]) },
]

const written = { inner: 'data/images.zip', root: 'images' }

describe.each([
  ['stored', 0],
  ['deflated', 8],
])('%s', (_, method) => {
  test('root counts inside of it, and nothing else is unpacked', async () => {
    const { bench } = await unpack(zipOf(outer({ method })), { written })
    expect(staged(bench)).toEqual(['1.jpg', '2.jpg'])
    expect(readFileSync(stagedPath(bench, '1.jpg'), 'utf8')).toBe('one')
    expect(readFileSync(stagedPath(bench, '2.jpg'), 'utf8')).toBe('two')
  })

  test('a damaged one gives nothing', async () => {
    const says = { crc32: 1, ...(method === 0 && { crc32: 1, bytes: 3 }) }
    const { problem, bench } = await unpack(zipOf(outer({ method, says })), { written })
    expect(problem?.code).toBe(method === 0 ? 'entry-size-mismatch' : 'crc-mismatch')
    expect(staged(bench)).toEqual([])
  })

  test('inside of an archive that was split', async () => {
    const parts = splitZipOf(outer({ method }), [100, 200])
    const { bench } = await unpack(Buffer.concat(parts), { written, parts: parts.map(p => p.length) })
    expect(staged(bench)).toEqual(['1.jpg', '2.jpg'])
  })
})

test('what an attempt before has inflated is not inflated again, unless it is damaged', async () => {
  const zip = zipOf(outer({ method: 8 }))
  const { bench } = await unpack(zip, { written })
  const [name, ...others] = readdirSync(bench.shelf)
  expect(others).toEqual([])
  const kept = join(bench.shelf, name as string)
  expect(readFileSync(kept).equals(inner)).toBe(true)
  const progress: number[] = []
  const again = {
    shelf: bench.shelf,
    progress: (_: number, total?: number) => void progress.push(total ?? 0),
  }
  await unpack(zip, { written, bench: again })
  expect(progress).not.toContain(inner.length)
  writeFileSync(kept, Buffer.alloc(inner.length))
  await unpack(zip, { written, bench: again })
  expect(progress).toContain(inner.length)
})

test.each<[string, Partial<ZipPart>, string]>([
  ['encrypted', { flags: 1 }, 'entry-encrypted'],
  ['packed by a method of its own', { method: 77 }, 'entry-unknown-method'],
  ['a link', { mode: 0o120777 }, 'entry-link'],
  ['no zip', { content: 'just text' }, 'not-a-zip'],
])('%s: refused', async (_, part, code) => {
  const { problem, bench } = await unpack(zipOf(outer(part)), { written })
  expect(problem?.code).toBe(code)
  expect(existsSync(stagedPath(bench, '1.jpg'))).toBe(false)
})

test('only where it is asked for it is part of what decides the result', () => {
  const names = (asked?: Parameters<typeof paramsOf>[0]) =>
    unpackOutline(paramsOf(asked)).fingerprint.map(({ name }) => name)
  expect(names()).toEqual(['root', 'into'])
  expect(names({ inner: 'a.zip' })).toEqual(['root', 'into', 'inner'])
})

test.each([
  ['data/x.tar.gz', 'is a tar: of what lies in an archive only a zip is unpacked'],
  ['data/x.tgz', 'is a tar: of what lies in an archive only a zip is unpacked'],
  ['data/', 'is a folder'],
  ['../x.zip', 'has .. in it'],
  ['data/x.zip', undefined],
])('%s %s', async (inner, why) => {
  const place = ground()
  place.write('pack.zip', zipOf(outer()))
  place.spec(`targets: { a: { sources: [{ url: pack.zip, unzip: { inner: ${inner} } }] } }\n`)
  const { diagnostics } = await place.run('status')
  expect(diagnostics.map(({ message }) => message.includes(why ?? 'nothing'))).toEqual(why ? [true] : [])
})
