/** The images of a playground that an annotation is held against: what they are called, and the manifests that a build keeps of them. */

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import type { Shelved } from '../../lib/model/path-table.ts'
import { loadManifest, saveManifest } from '../../lib/receipts/manifests.ts'

/** One target. */
export interface Shelf {
  /** The directory below the root. */
  readonly target: string
  readonly files: number
  /** Below the target; beyond `files` the names of images that are not there. */
  readonly name: (index: number) => string
}

const digits = (count: number, value: number): string => String(value).padStart(count, '0')

/** As many files as the archives of LLaVA-1.5 hold, and a rest, and names as they have them. */
const kinds: readonly Shelf[] = [
  { target: 'coco/train2017', files: 118_287, name: i => `${digits(12, 4 * i + (i % 3))}.jpg` },
  { target: 'gqa/images', files: 148_854, name: i => `${2_000_000 + 3 * i}.jpg` },
  { target: 'ocr_vqa/images', files: 207_572, name: i => `${digits(10, 47_000 * i + 7)}.jpg` },
  { target: 'textvqa/train_images', files: 25_119, name: i => `${hexOf(i)}.jpg` },
  { target: 'vg/VG_100K', files: 64_346, name: i => `${37 * i + 1}.jpg` },
  { target: 'vg/VG_100K_2', files: 43_904, name: i => `${37 * i + 2}.jpg` },
  { target: 'llava/llava_pretrain', files: 558_128, name: i => `images/${numbered(11 * i + 5)}` },
  { target: 'sam/images', files: 33_790, name: i => `sa_${digits(6, i)}.jpg` },
]

/** 16 hex digits in no order. */
const hexOf = (i: number): string => createHash('sha256').update(String(i)).digest('hex').slice(0, 16)

function numbered(value: number): string {
  const name = digits(9, value)
  return `${name.slice(0, 5)}/${name}.jpg`
}

const usual = kinds.reduce((sum, { files }) => sum + files, 0)

/** With so many files in all. */
export function shelvesOf(files: number): readonly Shelf[] {
  let [before, given] = [0, 0]
  return kinds.map(kind => {
    before += kind.files
    const own = Math.round((files * before) / usual) - given
    given += own
    return { ...kind, files: own }
  })
}

const list = 'targets.json'

/** As they lie in the state of a playground. No picture has these sizes and digests, and none is made. */
export function writeManifests(folder: string, shelves: readonly Shelf[]): void {
  mkdirSync(folder)
  const names = shelves.map(({ target, files, name }) => {
    const builder = new ManifestBuilder()
    for (let i = 0; i < files; i += 1)
      builder.add(
        name(i),
        50_000 + (i % 100_000),
        createHash('sha256').update(`${target}/${i}`).digest('hex'),
      )
    return { target, name: saveManifest(folder, `unzip:${target}`, builder.finish('tree')) }
  })
  writeFileSync(join(folder, list), JSON.stringify(names))
}

/** As a build loads them. */
export function readManifests(folder: string): readonly Shelved[] {
  const names = JSON.parse(readFileSync(join(folder, list), 'utf8')) as { target: string; name: string }[]
  return names.map(({ target, name }) => {
    const manifest = loadManifest(folder, name)
    if (!manifest) throw new Error(`the manifest of ${target} cannot be read`)
    return { folder: target, manifest }
  })
}
