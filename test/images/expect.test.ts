/** `expect: { images: true }`: which files of a target are looked at, and what is said of those that are no images. */

import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Input } from '../../lib/model/task.ts'
import { expect as expectKind } from '../../tasks/expect.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'
import { rowsIn } from '../rig/rows.ts'
import { manifestOf, testBench } from '../rig/workbench.ts'
import { picture } from './rig.ts'

const place = { file: 'datasets.yaml', line: 8, column: 24, length: 4 }
const params = { target: 'vg', files: undefined, images: { place, except: [] }, parts: [] }

type Files = Readonly<Record<string, Buffer | string>>

function treeOf(at: string, files: Files): Input {
  const path = mkdtempSync(join(tmpdir(), 'groundwork-expect-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  const rows = Object.entries(files).map(([name, content]) => ({
    path: name,
    bytes: Buffer.byteLength(content),
    sha256: 'a'.repeat(64),
  }))
  return {
    artifact: { task: `unzip:${at}`, form: 'tree', at, lasting: true },
    path,
    manifest: manifestOf(rows),
    sole: false,
  }
}

const oneFile = (at: string, content: string): Input => {
  const name = at.split('/').at(-1) as string
  const tree = treeOf(at, { [name]: content })
  return { ...tree, path: join(tree.path, name), artifact: { ...tree.artifact, form: 'file' } }
}

const standing = () => Promise.resolve([])

test('is asked again when it is asked for, not when it is not', () => {
  const { fingerprint } = expectKind.outline({ ...params, files: { wanted: 3, place } })
  expect(fingerprint.map(({ name, value }) => [name, value])).toEqual([
    ['files', 3],
    ['images', true],
  ])
  expect(expectKind.outline({ ...params, images: undefined }).fingerprint).toEqual([])
})

test('images are images by their content, whatever they are called; annotations are not looked at', async () => {
  const inputs = [
    treeOf('vg', { 'a.txt': await picture('gif'), 'b/c': await picture('jpeg') }),
    treeOf('vg/more', { 'd.jpg': await picture('png') }),
    oneFile('vg/notes.json', '[]'),
  ]
  const bench = testBench({ inputs })
  await expectKind.run(params, bench)
  expect(existsSync(join(bench.shelf, 'not-images.ndjson'))).toBe(false)
})

const jpeg = await picture('jpeg')
const flawed = {
  'a.jpg': jpeg,
  'b.jpg': jpeg.subarray(0, -100),
  'c.jpg': '',
  'd/README': 'All images are licensed under …',
  'e.jpg': '<!DOCTYPE html><title>404</title>',
}

test('not-images', async () => {
  const [vg, more] = [
    treeOf('vg', flawed),
    treeOf('vg/more', { 'a.png': (await picture('png')).subarray(0, 60) }),
  ]
  const bench = testBench({
    inputs: [vg, more],
    shelf: join(testBench().shelf, '.groundwork/shelf/expect~2vg'),
  })
  const problem = await problemOf(() => expectKind.run({ ...params, files: { wanted: 7, place } }, bench))
  expectGolden('images/not-images', problem)
  expect(rowsIn(join(bench.shelf, 'not-images.ndjson'))).toEqual([
    { path: 'b.jpg', form: 'truncated', why: 'a JPEG that ends in its picture data, without an end marker' },
    { path: 'c.jpg', form: 'empty', why: 'an empty file' },
    { path: 'd/README', form: 'no-image', why: 'not an image but text' },
    { path: 'e.jpg', form: 'no-image', why: 'not an image but a web page' },
    { path: 'more/a.png', form: 'truncated', why: 'a PNG that ends in the head of a chunk' },
  ])
  // What is put right leaves no list behind.
  await expectKind.run(params, { ...bench, inputs: [treeOf('vg', { 'a.jpg': jpeg })] })
  expect(existsSync(join(bench.shelf, 'not-images.ndjson'))).toBe(false)
})

test('of many, ten are named', async () => {
  const names = Array.from({ length: 12 }, (_, i) => [`${String(i).padStart(2, '0')}.jpg`, ''])
  const bench = testBench({ inputs: [treeOf('vg', { ...Object.fromEntries(names), 'z.jpg': jpeg })] })
  const { shelf: _, ...rest } = bench
  const told = await expectKind.audit?.(params, { ...rest, root: '/', path: '/', standing })
  expectGolden('images/not-images.many', told ?? [])
})

test('one that two archives give is one; one that went away is told', async () => {
  const [one, two] = [treeOf('vg', { 'a/b.jpg': '', 'a/c.jpg': jpeg }), treeOf('vg/a', { 'b.jpg': '' })]
  const gone = { ...one, path: join(one.path, 'elsewhere') }
  const told = await expectKind.audit?.(params, {
    ...testBench({ inputs: [one, two] }),
    root: '/',
    path: '/',
    standing,
  })
  expect(told?.[0]?.message).toBe('vg holds 1 file that is no whole image, of 2.')
  const lost = await expectKind.audit?.(params, {
    ...testBench({ inputs: [gone] }),
    root: '/',
    path: '/',
    standing,
  })
  expect(lost?.[0]?.evidence?.slice(1, 3)).toEqual([
    { label: 'found', text: '2: not there' },
    { label: 'such as', text: 'a/b.jpg: not there' },
  ])
})

test('stops when the run is cancelled', async () => {
  const stop = new AbortController()
  stop.abort(new Error('interrupted'))
  const many = treeOf('vg', { 'a.jpg': jpeg })
  const manifest = { ...many.manifest, count: 200_000, path: () => 'a.jpg', size: () => jpeg.length }
  const bench = testBench({ inputs: [{ ...many, manifest }], signal: stop.signal })
  await expect(expectKind.run(params, bench)).rejects.toThrow('interrupted')
})
