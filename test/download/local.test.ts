/** Downloads that ask no host, and what a download says of itself before it runs. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { download } from '../../tasks/download.ts'
import { addressAt, content, fetched, fileName, md5, mirrorOf, paramsOf, sha256 } from './rig.ts'

const body = content(100_000)

describe('candidates', () => {
  const candidatesIn = (folder: string, ...contents: readonly Buffer[]): readonly string[] =>
    contents.map((bytes, i) => {
      writeFileSync(join(folder, `${i}.zip`), bytes)
      return join(folder, `${i}.zip`)
    })

  test('with the pinned digest spare every request', async () => {
    const mirror = await mirrorOf(body)
    const pins = { sha256: sha256(body), md5: md5(body), size: { bytes: body.length, exact: true } }
    const params = paramsOf(addressAt(mirror), pins)
    const found = candidatesIn(params.folder, content(7), content(body.length, 2), body)
    const candidates = ['/nowhere/images.zip', params.folder, ...found]
    const { bench, bytes } = await fetched(params, { candidates, offline: true })
    expect(bytes?.equals(body)).toBe(true)
    expect(mirror.requests).toEqual([])
    expect(bench.counts.requests).toBe(0)
    expect(bench.recorded.get(fileName)).toEqual({ bytes: body.length, sha256: sha256(body) })
    expect(bench.remarks).toEqual({ host: 'this machine', md5: md5(body) })
  })

  test('with another digest do not', async () => {
    const mirror = await mirrorOf(body)
    const params = paramsOf(addressAt(mirror), { sha256: sha256(body) })
    const { bytes } = await fetched(params, { candidates: candidatesIn(params.folder, content(100_000, 2)) })
    expect(bytes?.equals(body)).toBe(true)
    expect(mirror.requests).toHaveLength(1)
  })

  test('mean nothing where no digest is pinned', async () => {
    const mirror = await mirrorOf(body)
    const params = paramsOf(addressAt(mirror))
    await fetched(params, { candidates: candidatesIn(params.folder, body) })
    expect(mirror.requests).toHaveLength(1)
  })
})

describe('a file: address', () => {
  test.each(['images.zip', './images.zip', 'file:'])('%s is copied', async form => {
    const params = paramsOf('images.zip')
    const path = join(params.folder, 'images.zip')
    writeFileSync(path, body)
    const written = { ...params.download, url: [form === 'file:' ? `file://${path}` : form] }
    const { bench, bytes } = await fetched({ ...params, download: written }, { offline: true })
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.recorded.get(fileName)?.sha256).toBe(sha256(body))
    expect(bench.counts).toEqual({ requests: 0, received: 0 })
  })

  test('that is wrong leaves nothing in the way of the mirror', async () => {
    const mirror = await mirrorOf(body)
    const params = paramsOf('images.zip', { mirrors: [addressAt(mirror)], sha256: sha256(body) })
    writeFileSync(join(params.folder, 'images.zip'), content(100_000, 2))
    const { bench, bytes } = await fetched(params)
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ code: 'digest-mismatch' }])
  })

  test.each([
    ['absent.zip', 'nothing lies there'],
    ['images.zip/below', 'nothing lies there'],
    ['folder', 'a folder'],
  ])('%s is refused: %s', async (path, found) => {
    const params = paramsOf(path)
    mkdirSync(join(params.folder, 'folder'))
    writeFileSync(join(params.folder, 'images.zip'), body)
    const { problem } = await fetched(params)
    expect(problem?.code).toBe('file-not-found')
    expect(problem?.diagnostics[0]?.evidence).toEqual([{ label: 'found', text: found }])
  })
})

describe('what is not there', () => {
  test('no host is asked offline, though a file may be copied', async () => {
    const mirror = await mirrorOf(body)
    const { problem } = await fetched(paramsOf(addressAt(mirror)), { offline: true })
    expect(problem?.code).toBe('offline')

    const params = paramsOf(addressAt(mirror), { mirrors: ['images.zip'] })
    writeFileSync(join(params.folder, 'images.zip'), body)
    expect((await fetched(params, { offline: true })).bytes?.equals(body)).toBe(true)
    expect(mirror.requests).toEqual([])
  })
})

describe('the outline', () => {
  const web = 'https://ann:secret@data.example/coco/images.zip?X-Amz-Signature=secret&part=1#top'

  test('names the task by file and address, and holds no credentials', () => {
    const params = paramsOf(web)
    const outline = download.outline(params)
    expect(outline.name).toBe(params.name)
    expect(outline.fingerprint).toMatchObject([
      { name: 'url', value: 'https://data.example/coco/images.zip?part=1' },
    ])
    expect(outline.forecast).toEqual({
      files: 1,
      bytes: undefined,
      download: { host: 'data.example', bytes: undefined },
    })
    expect(JSON.stringify(outline)).not.toContain('secret')
  })

  test('is the same for all ways to write an address, and without regard to mirrors', () => {
    const forms = [
      'hf://datasets/owner/name@main/images.zip',
      'https://huggingface.co/datasets/owner/name/resolve/main/images.zip',
      'https://huggingface.co/datasets/owner/name/blob/main/images.zip',
    ]
    const outlines = forms.map(url => download.outline(paramsOf(url, { mirrors: [url] })))
    expect(new Set(outlines.map(({ fingerprint }) => JSON.stringify(fingerprint))).size).toBe(1)
  })

  test('pins what the spec pins; a rounded size pins nothing, but is expected', () => {
    const exact = download.outline(paramsOf(web, { sha256: 'a', md5: 'b', size: { bytes: 5, exact: true } }))
    expect(exact.gives).toMatchObject({ form: 'file', lasting: false })
    expect(exact.gives?.pins).toMatchObject({ sha256: 'a', md5: 'b', bytes: 5, place: { line: 31 } })
    const rounded = download.outline(paramsOf(web, { size: { bytes: 5, exact: false } }))
    expect(rounded.gives?.pins).toEqual({})
    expect(rounded.forecast.download).toEqual({ host: 'data.example', bytes: 5 })
  })

  test('watches a local file, unless a digest pins it', () => {
    const params = paramsOf('sub/images.zip')
    expect(download.outline(params).reads).toEqual([join(params.folder, 'sub/images.zip')])
    expect(download.outline(params).forecast.download).toBeUndefined()
    expect(download.outline(paramsOf('images.zip', { sha256: 'a' })).reads).toBeUndefined()
  })
})
