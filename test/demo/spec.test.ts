/** The demo's spec is the shipped one with other addresses, sizes, digests and counts, and nothing else. */

import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { demoSpec } from '../../demo/spec.ts'
import { addedLater, type World } from '../../demo/world.ts'

interface Target {
  readonly sources: readonly Record<string, unknown>[]
  readonly rename?: unknown
  readonly expect?: unknown
}

interface SpecFile {
  readonly groups: Record<string, string[]>
  readonly targets: Record<string, Target>
}

const shipped = await readFile(new URL('../../datasets.yaml', import.meta.url), 'utf8')
const real = parse(shipped) as SpecFile
const layoutsAB = [...(real.groups['pretrain'] ?? []), ...(real.groups['sft'] ?? [])]

/** A world on paper: the spec is made from counts and digests alone. */
const world: World = [...layoutsAB, addedLater].flatMap(target => {
  const file = { target, file: `/world/${target}`, bytes: 1234, sha256: 'ab'.repeat(32) }
  const kinds = real.targets[target]?.sources.map(source => ('json' in source ? 'json' : 'unzip')) ?? []
  return kinds.map(becomes => ({ ...file, becomes, count: becomes === 'json' ? 7 : 40 }) as const)
})

const demo = (added: readonly string[] = []) =>
  demoSpec({ shipped, world, mirrorUrl: 'http://127.0.0.1:4321', added })

test('has the targets of layouts A and B, in the order of the shipped file', () => {
  const { groups, targets } = parse(demo().text) as SpecFile
  expect(Object.keys(targets)).toEqual(layoutsAB)
  expect(groups).toEqual({
    playground: ['pretrain', 'sft'],
    pretrain: real.groups['pretrain'],
    sft: real.groups['sft'],
  })
})

test('keeps roots and rename rules', () => {
  const { targets } = parse(demo().text) as SpecFile
  for (const target of layoutsAB) {
    expect(targets[target]?.rename).toEqual(real.targets[target]?.rename)
    const unzips = (of: SpecFile) => of.targets[target]?.sources.map(source => source['unzip'])
    expect(unzips({ groups: {}, targets })).toEqual(unzips(real))
  }
})

test('counts images and annotations, where the shipped file counts them', () => {
  const { targets } = parse(demo().text) as SpecFile
  expect(targets['llava/llava_pretrain']?.expect).toEqual({ files: 41 })
  expect(targets['coco/train2017']?.expect).toEqual({ files: 40 })
  expect(targets['llava/llava_sft']?.expect).toEqual({ files: 1 })
  expect(targets['ocr_vqa/images']?.expect).toBeUndefined()
  expect(targets['llava/llava_sft']?.sources[0]?.['json']).toEqual({
    records: 7,
    images: '/',
    allow_missing: 0,
  })
})

test('leads every address to the mirror and leaves hf:// to HF_ENDPOINT', () => {
  const { text, routes } = demo()
  const addresses = text.match(/\S+:\/\/\S+/g)?.filter(address => /\.(zip|json)$/.test(address)) ?? []
  expect(addresses.filter(address => !/^(hf:\/\/|http:\/\/127\.0\.0\.1:4321\/)/.test(address))).toEqual([])
  expect(routes).toHaveLength(addresses.length)
  expect(routes).toContainEqual({
    path: '/images.cocodataset.org/zips/train2017.zip',
    file: '/world/coco/train2017',
    huggingFace: false,
  })
  expect(routes).toContainEqual({
    path: '/datasets/Feeky929/GQA-images/resolve/a30da776e9311362fe2691163dd74608578d58a1/images.zip',
    file: '/world/gqa/images',
    huggingFace: true,
  })
})

test('adding a dataset adds its target and its name in the group, nothing else', () => {
  const before = demo().text.split('\n')
  const after = demo([addedLater]).text.split('\n')
  expect(before.filter(line => !after.includes(line))).toEqual(['  playground: [ pretrain, sft ]'])
  expect((parse(demo([addedLater]).text) as SpecFile).groups['playground']).toContain(addedLater)
  expect(Object.keys((parse(demo([addedLater]).text) as SpecFile).targets)).toEqual([
    ...layoutsAB,
    addedLater,
  ])
})

test('says which file is missing from the world', () => {
  const partial = world.filter(({ target }) => target !== 'gqa/images')
  expect(() => demoSpec({ shipped, world: partial, mirrorUrl: 'http://127.0.0.1:1', added: [] })).toThrow(
    'the world lacks a file for gqa/images',
  )
})
