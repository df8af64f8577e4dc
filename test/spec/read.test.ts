/** datasets.yaml → Spec: what a correct file means, and what files are refused before their meaning is looked at. */

import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Problem } from '../../lib/model/problem.ts'
import { placeOf } from '../../lib/model/spec.ts'
import { readSpec } from '../../lib/spec/read.ts'
import { example } from './example.ts'
import { forms, mistakes, parse, withSource, withTarget } from './fakes.ts'

const folder = mkdtempSync(join(tmpdir(), 'groundwork-spec-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The only source of the spec's only target. */
const sourceOf = (yaml: string) => Object.values(parse(yaml).targets)[0]?.sources[0]

describe('the example of the contract', () => {
  const spec = parse(example)

  test('top', () => {
    expect(spec).toMatchObject({
      file: 'datasets.yaml',
      folder: '/project',
      root: 'playground/data',
      archives: 'discard',
    })
    expect(spec.hosts).toEqual({
      'downloads.cs.stanford.edu': { connections: 8 },
      'drive.google.com': { connections: 1, rateBytesPerSecond: 20_000_000, floorBytesPerSecond: 200_000 },
    })
    expect(spec.groups['sft']).toEqual(['llava/llava_sft', 'coco/train2017', 'vg'])
    expect(spec.downloads['vqa_collection']).toMatchObject({
      size: { bytes: 30150074419, exact: true },
      mirrors: [],
      pointer: 'downloads/vqa_collection',
    })
  })

  test('an address with its pins, digests in small letters', () => {
    const pointer = 'targets/coco~1train2017/sources/0'
    expect(spec.targets['coco/train2017']).toEqual({
      title: 'COCO train2017',
      license: 'CC BY 4.0',
      homepage: 'https://cocodataset.org',
      sources: [
        {
          origin: {
            form: 'address',
            download: {
              url: ['http://images.cocodataset.org/zips/train2017.zip'],
              mirrors: ['https://mirror.example.org/coco/train2017.zip'],
              size: { bytes: 19336861798, exact: true },
              sha256: '69a8bb58ea5f8f99d24875f21416de2e9ded3178e903f1f7603e283b9e06d929',
              pointer,
            },
          },
          becomes: { kind: 'unzip', params: { root: 'train2017' } },
          pointer,
        },
      ],
      rename: [],
      expect: { files: 118287, images: true },
      pointer: 'targets/coco~1train2017',
    })
  })

  test('named downloads, renames, lists of addresses', () => {
    expect(spec.targets['ai2d/images']?.sources[0]?.origin).toEqual({ form: 'named', name: 'vqa_collection' })
    expect(spec.targets['ocr_vqa/images']?.rename).toEqual([
      { match: '**/*.{gif,png,jpeg}', to: '{dir}/{stem}.jpg' },
    ])
    const pointer = 'targets/ocr_vqa~1images/sources/0'
    expect(spec.targets['ocr_vqa/images']?.sources[0]?.origin).toEqual({
      form: 'urls',
      list: { url: ['dataset.json'], mirrors: [], pointer: `${pointer}/urls` },
      format: 'json',
      address: 'imageURL',
      name: '{key}.jpg',
      allowMissing: { form: 'share', share: 0.005 },
      fill: {
        origin: {
          form: 'address',
          download: { url: ['ocr_vqa_images.zip'], mirrors: [], pointer: `${pointer}/fill` },
        },
        becomes: { kind: 'unzip', params: { root: 'images' } },
        pointer: `${pointer}/fill`,
      },
      pointer,
    })
  })

  test('parts, steps by hand, a file as it is', () => {
    const [parts, manual, file] = spec.targets['vg/VG_100K']?.sources ?? []
    expect(parts?.origin).toMatchObject({
      download: {
        url: ['08', '09', '10'].map(part => `https://cs.stanford.edu/vg.zip.${part}`),
        md5: 'cced6f7f71b7629ddf16f17bbcfab6b2',
        size: { bytes: 9_700_000_000, exact: false },
      },
    })
    expect(parts?.becomes).toEqual({ kind: 'unzip', params: {} })
    const instructions = 'Ask the authors for vg.tar,\nthen put it beside this file.\n'
    expect(manual?.origin).toMatchObject({ form: 'manual', instructions })
    expect(manual?.becomes).toEqual({ kind: 'untar', params: {} })
    expect(file?.becomes).toEqual({ kind: 'file', params: 'README.md' })
  })

  test('places: values where they stand, collections at their key', () => {
    const at = (pointer: string) => placeOf(spec, pointer)
    expect(at('targets/coco~1train2017/sources/0/sha256')).toMatchObject({ line: 30, column: 17, length: 64 })
    expect(at('targets/coco~1train2017')).toMatchObject({ line: 22, column: 3, length: 14 })
    expect(at('targets/coco~1train2017/sources/0')).toMatchObject({ line: 27, column: 9, length: 3 })
    expect(at('targets/coco~1train2017/sources/0/unzip/root')).toMatchObject({
      line: 31,
      column: 24,
      length: 9,
    })
    expect(at('groups/sft/2')).toMatchObject({ line: 13, column: 42, length: 2 })
  })
})

describe('what may be left out, and other ways to write the same', () => {
  test('defaults', () => {
    const spec = parse('version: 1\ntargets: {}\n')
    expect(spec).toMatchObject({
      root: 'playground/data',
      archives: 'discard',
      groups: {},
      hosts: {},
      downloads: {},
    })
  })

  test('a list of parts, a single mirror, a list of addresses by its address alone', () => {
    const parts = sourceOf(
      withSource('url: [a.zip.001, a.zip.002]\nmirrors: "https://example.org/a.zip.{001..002}"'),
    )
    expect(parts?.origin).toMatchObject({
      download: { url: ['a.zip.001', 'a.zip.002'], mirrors: ['https://example.org/a.zip.{001..002}'] },
    })
    const listed = sourceOf(withSource('urls: list.txt'))
    expect(listed?.origin).toMatchObject({ form: 'urls', list: { url: ['list.txt'] } })
  })

  test('directories are stored without ./ and the slash at the end, and pointed at as written', () => {
    const spec = parse('version: 1\ntargets: { ./vg/: { sources: [{ url: a.zip }] } }\n')
    expect(spec.targets['vg']?.pointer).toBe('targets/.~1vg~1')
  })

  test('in a group of the same name, the name is the directory', () => {
    const yaml = 'version: 1\ngroups: { vg: [vg] }\ntargets: { vg/images: { sources: [{ url: a.zip }] } }\n'
    expect(parse(yaml).groups['vg']).toEqual(['vg'])
  })
})

describe('YAML', () => {
  const digits = '1234567890e90'.padEnd(64, '0')

  test('a digest of digits stays a digest, a name of digits a name', () => {
    expect(sourceOf(withSource(`url: a.zip\nsha256: ${digits}\nunzip: { root: 007 }`))).toMatchObject({
      origin: { download: { sha256: digits } },
      becomes: { params: { root: '007' } },
    })
  })

  test('anchors, aliases and merge keys', () => {
    const yaml = `version: 1
targets:
  a: { title: A, sources: &s [&f { url: a.zip, size: 5 }] }
  b: { sources: *s }
  c: { sources: [{ <<: *f, url: c.zip }, { <<: [{ url: d.zip }, *f] }] }
`
    const { targets } = parse(yaml)
    expect(targets['b']?.sources[0]?.origin).toMatchObject({ download: { url: ['a.zip'] } })
    expect(targets['c']?.sources.map(({ origin }) => origin)).toMatchObject([
      { download: { url: ['c.zip'], size: { bytes: 5 } } },
      { download: { url: ['d.zip'], size: { bytes: 5 } } },
    ])
  })

  test('aliases that stand for a billion values are refused, and soon', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i}: &l${i} [${`*l${i - 1}, `.repeat(i && 9)}x]`)
    const started = performance.now()
    expect(mistakes(levels.join('\n')).map(({ code }) => code)).toContain('yaml-syntax')
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test.each(['[', '{a: ', '- ', '? ', '- - [{'])('%s nested a hundred thousand deep is refused', opening => {
    expect(mistakes(opening.repeat(100_000))[0]?.code).toBe('yaml-syntax')
  })

  test('a mistake that aliases repeat is told once', () => {
    const yaml = 'version: 1\ntargets: { a: &t { sources: [{ uri: a.zip }] }, b: *t, c: *t }\n'
    expect(mistakes(yaml).map(({ code }) => code)).toEqual(['unknown-key'])
  })

  test('__proto__ and constructor are names', () => {
    const yaml =
      'version: 1\ngroups: { constructor: [__proto__] }\ntargets: { __proto__: { sources: [{ url: a }] } }\n'
    const spec = parse(yaml)
    expect(Object.keys(spec.targets)).toEqual(['__proto__'])
    expect(spec.groups['toString']).toBeUndefined()
    expect(({} as Record<string, unknown>)['sources']).toBeUndefined()
    expect(mistakes('version: 1\ntargets: {}\n__proto__: { root: x }\n')[0]).toMatchObject({
      code: 'unknown-key',
    })
  })

  test('Windows line ends and a byte order mark move nothing', () => {
    const spec = parse(`\uFEFF${example.replaceAll('\n', '\r\n')}`)
    const { places, ...rest } = parse(example)
    expect({ ...spec, places: undefined }).toEqual({ ...rest, places: undefined })
    expect(spec.places['version']).toEqual(places['version'])
    expect(spec.places['targets/coco~1train2017']).toEqual(places['targets/coco~1train2017'])
    expect(mistakes('\uFEFFversion: 2\r\ntargets: {}\r\n')[0]).toMatchObject({
      place: { line: 1, column: 10, length: 1 },
      excerpt: 'version: 2',
    })
  })
})

describe('the file', () => {
  const problem = (name: string, content?: string | Uint8Array): unknown => {
    const file = join(folder, name)
    if (content !== undefined) writeFileSync(file, content)
    try {
      return readSpec({ file, forms })
    } catch (error) {
      return error
    }
  }

  test('a good one knows its folder', () => {
    expect(problem('good.yaml', example)).toMatchObject({ folder, file: join(folder, 'good.yaml') })
  })

  test.each(['missing.yaml', 'good.yaml/datasets.yaml'])('%s is not there', name => {
    expect(problem(name)).toMatchObject({
      code: 'spec-not-found',
      message: expect.stringContaining('There is no spec'),
    })
  })

  test('a directory', () => {
    mkdirSync(join(folder, 'directory'))
    expect(problem('directory')).toMatchObject({
      code: 'spec-not-found',
      message: expect.stringContaining('is a directory'),
    })
  })

  test('an archive by mistake', () => {
    writeFileSync(join(folder, 'images.zip'), 'PK')
    truncateSync(join(folder, 'images.zip'), 64_000_001)
    const found = problem('images.zip')
    expect(found).toBeInstanceOf(Problem)
    expect(found).toMatchObject({
      code: 'spec-not-found',
      message: expect.stringContaining('larger than 64.0 MB'),
    })
  })

  test.each<[string, Uint8Array, number, number]>([
    ['Latin-1', Buffer.from('version: 1\ntitle: caf\xe9\n', 'latin1'), 2, 11],
    ['UTF-16', Buffer.from('\uFEFFversion: 1\n', 'utf16le'), 1, 1],
  ])('%s is not UTF-8', (name, bytes, line, column) => {
    expect(problem(`${name}.yaml`, bytes)).toMatchObject({
      code: 'yaml-syntax',
      diagnostics: [{ place: { line, column } }],
    })
  })
})

test('mistakes are told together, in the order of the file', () => {
  const found = mistakes(
    withTarget('sources: [{ url: ftp://x }, { download: no }]\nexpect: { files: many }\ntitel: x'),
  )
  expect(found.map(({ code }) => code)).toEqual(['bad-address', 'unknown-name', 'wrong-type', 'unknown-key'])
})
