/** The small world is true to the real one where it matters: wrappers, ZIP64, formats, annotations. Reads, builds nothing. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { Open } from 'unzipper'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addedLater, makeWorld, type Publication, type World } from '../../demo/world.ts'

/** As published: what every path inside looks like, and whether the archive needs ZIP64. */
const inside: Record<string, { path: RegExp; zip64: boolean }> = {
  'llava/llava_pretrain': { path: /^(\d{5})\/\1\d{4}\.jpg$/, zip64: true },
  'coco/train2017': { path: /^train2017\/\d{12}\.jpg$/, zip64: true },
  'gqa/images': { path: /^images\/\d+\.jpg$/, zip64: true },
  'ocr_vqa/images': { path: /^images\/\d+\.(jpg|gif|png)$/, zip64: true },
  'textvqa/train_images': { path: /^train_images\/[0-9a-f]{16}\.jpg$/, zip64: true },
  'vg/VG_100K': { path: /^VG_100K\/\d+\.jpg$/, zip64: true },
  'vg/VG_100K_2': { path: /^VG_100K_2\/\d+\.jpg$/, zip64: true },
  [addedLater]: { path: /^data\/web-landmark\/images\/\w+\.jpg$/, zip64: false },
}

let folder: string
let world: World

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundwork-world-'))
  world = await makeWorld(join(folder, 'first'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const published = (target: string, becomes: Publication['becomes']): Publication => {
  const found = world.find(publication => publication.target === target && publication.becomes === becomes)
  if (found === undefined) throw new Error(`no ${becomes} for ${target}`)
  return found
}

const entriesOf = async (target: string) => {
  const { files } = await Open.file(published(target, 'unzip').file)
  return files.filter(({ type }) => type === 'File')
}

describe.each(Object.entries(inside))('the archive of %s', (target, { path, zip64 }) => {
  test('is wrapped as the published one', async () => {
    const entries = await entriesOf(target)
    expect(entries).toHaveLength(published(target, 'unzip').count)
    expect(new Set(entries.map(entry => entry.path)).size).toBe(entries.length)
    expect(entries.filter(entry => !path.test(entry.path)).map(entry => entry.path)).toEqual([])
  })

  test(zip64 ? 'is ZIP64 from its first entry to its end' : 'is a plain ZIP', async () => {
    const bytes = await readFile(published(target, 'unzip').file)
    const needed = new Set((await entriesOf(target)).map(entry => entry.versionsNeededToExtract))
    expect(needed).toEqual(new Set([zip64 ? 45 : 20]))
    expect(bytes.includes('PK\x06\x06')).toBe(zip64)
    expect(bytes.includes('PK\x06\x07')).toBe(zip64)
  })

  test('holds stored and deflated pictures that decode as what their names say', async () => {
    const entries = await entriesOf(target)
    expect(new Set(entries.map(entry => entry.compressionMethod))).toEqual(new Set([0, 8]))
    for (const entry of entries.filter(({ uncompressedSize }) => uncompressedSize > 0)) {
      const { data, info } = await sharp(await entry.buffer()).toBuffer({ resolveWithObject: true })
      expect(data.length).toBeGreaterThan(0)
      expect(entry.path).toMatch(new RegExp(`\\.${info.format === 'jpeg' ? 'jpg' : info.format}$`))
    }
  })
})

test('no archive is left unchecked', () => {
  const archives = world.filter(({ becomes }) => becomes === 'unzip').map(({ target }) => target)
  expect(archives.toSorted()).toEqual(Object.keys(inside).toSorted())
})

test('OCR-VQA has pictures to rename, and Visual Genome empty files', async () => {
  const endings = (await entriesOf('ocr_vqa/images')).map(({ path }) => path.slice(-4))
  expect(new Set(endings)).toEqual(new Set(['.jpg', '.gif', '.png']))
  const empty = (await entriesOf('vg/VG_100K_2')).filter(({ uncompressedSize }) => uncompressedSize === 0)
  expect(empty).toHaveLength(2)
})

describe('annotations', () => {
  interface AnnotationRecord {
    readonly id: string
    readonly image?: string
    readonly model?: string
    readonly conversations: readonly { readonly from: string; readonly value: string }[]
  }

  const recordsOf = async (target: string): Promise<AnnotationRecord[]> =>
    JSON.parse(await readFile(published(target, 'json').file, 'utf8')) as AnnotationRecord[]

  /** Pictures as they lie in the playground once wrappers are dropped and renames are done. */
  const placed = async (target: string, wrapper: string, prefix: string): Promise<string[]> =>
    (await entriesOf(target))
      .filter(({ uncompressedSize }) => uncompressedSize > 0)
      .map(({ path }) => prefix + path.slice(wrapper.length).replace(/\.(gif|png)$/, '.jpg'))

  test('pretrain has one caption a picture, relative to images/', async () => {
    const records = await recordsOf('llava/llava_pretrain')
    expect(records.map(({ image }) => image)).toEqual(await placed('llava/llava_pretrain', '', ''))
    expect(records).toHaveLength(published('llava/llava_pretrain', 'json').count)
  })

  test('sft refers to pictures that exist, of every dataset, and leaves some unused', async () => {
    const pictures = await Promise.all([
      placed('coco/train2017', 'train2017/', 'coco/train2017/'),
      placed('gqa/images', 'images/', 'gqa/images/'),
      placed('ocr_vqa/images', 'images/', 'ocr_vqa/images/'),
      placed('textvqa/train_images', 'train_images/', 'textvqa/train_images/'),
      placed('vg/VG_100K', 'VG_100K/', 'vg/VG_100K/'),
      placed('vg/VG_100K_2', 'VG_100K_2/', 'vg/VG_100K_2/'),
    ])
    const records = await recordsOf('llava/llava_sft')
    const asked = new Set(records.flatMap(({ image }) => image ?? []))
    expect([...asked].filter(image => !pictures.flat().includes(image))).toEqual([])
    for (const ofOne of pictures) {
      const used = ofOne.filter(image => asked.has(image)).length
      expect(used).toBeGreaterThan(0)
      expect(used).toBeLessThan(ofOne.length)
    }
    expect(records).toHaveLength(published('llava/llava_sft', 'json').count)
  })

  test('records have the form that trainers read', async () => {
    const records = await recordsOf('llava/llava_sft')
    for (const record of records) {
      expect(record.conversations.map(({ from }) => from)).toEqual(['human', 'gpt'])
      expect(record.conversations[0]?.value.includes('<image>')).toBe(record.image !== undefined)
      expect(record.model).toBe(record.image === undefined ? '' : undefined)
    }
    expect(records.filter(record => !('image' in record))).toHaveLength(20)
  })
})

test('the same seed makes the same bytes, another seed others', async () => {
  const digests = (of: World): string[] => of.map(({ sha256 }) => sha256)
  expect(digests(await makeWorld(join(folder, 'second')))).toEqual(digests(world))
  const other = digests(await makeWorld(join(folder, 'third'), 666))
  expect(other.filter(digest => digests(world).includes(digest))).toEqual([])
})
