/** Manifests beside their receipts: saved, read by receipt, mended, and dropped when no memory needs them. */

import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { decodeManifest } from '../../lib/model/manifest-codec.ts'
import { inOneProcess } from './processes.ts'
import { manifestOf, receiptOf, stateFolder } from './samples.ts'

describe('manifests', () => {
  test('a small one stands in its receipt, and makes no file', () => {
    const folder = stateFolder()
    const builder = new ManifestBuilder()
    builder.add('a.json', 3, 'ab'.repeat(32))
    const manifest = builder.finish('file')
    inOneProcess(folder, 'a', receipts => {
      const name = receipts.saveManifest('json:a', manifest)
      const receipt = receiptOf('json:a', { manifest: name, digest: manifest.digest })
      expect(receipts.loadManifest(receipt)?.path(0)).toBe('a.json')
      expect(receipts.loadManifest({ ...receipt, manifest: `${name.slice(0, -8)}AAAAAAAA` })).toBeUndefined()
      expect(receipts.loadManifest({ ...receipt, digest: 'cd'.repeat(32) })).toBeUndefined()
    })
    expect(readdirSync(join(folder, 'manifests'))).toEqual([])
  })

  test('are saved under task and content, and read by receipt', () => {
    const folder = stateFolder()
    const manifest = manifestOf('one', 'two')
    inOneProcess(folder, 'a', receipts => {
      const name = receipts.saveManifest('unzip:coco/../train 2017', manifest)
      expect(name).toMatch(/^unzip-coco-\.\.-train-2017\.[0-9a-f]{16}\.manifest$/)
      expect(readdirSync(join(folder, 'manifests'))).toEqual([name])
      const receipt = receiptOf('unzip:coco', { manifest: name, digest: manifest.digest })
      expect(receipts.loadManifest(receipt)?.path(1)).toMatch(/1\.jpg$/)
      expect(receipts.loadManifest({ ...receipt, digest: 'cd'.repeat(32) })).toBeUndefined()
      expect(receipts.loadManifest({ ...receipt, manifest: '' })).toBeUndefined()
      expect(receipts.loadManifest({ ...receipt, manifest: `../manifests/${name}` })).toBeUndefined()
      expect(receipts.loadManifest({ ...receipt, manifest: `x${name}` })).toBeUndefined()
    })
  })

  test('a damaged one is unreadable, and mended by saving it again', () => {
    const folder = stateFolder()
    const manifest = manifestOf('one')
    inOneProcess(folder, 'a', receipts => {
      const name = receipts.saveManifest('unzip:vg', manifest)
      const receipt = receiptOf('unzip:vg', { manifest: name, digest: manifest.digest })
      truncateSync(join(folder, 'manifests', name), 100)
      expect(receipts.loadManifest(receipt)).toBeUndefined()
      expect(receipts.saveManifest('unzip:vg', manifest)).toBe(name)
      expect(receipts.loadManifest(receipt)?.count).toBe(1)
    })
  })

  test('cut at every byte, its file is unreadable and no more', () => {
    const folder = stateFolder()
    const manifest = manifestOf('one', 'two')
    inOneProcess(folder, 'a', receipts => {
      const name = receipts.saveManifest('unzip:vg', manifest)
      const receipt = receiptOf('unzip:vg', { manifest: name, digest: manifest.digest })
      const file = join(folder, 'manifests', name)
      const whole = readFileSync(file)
      for (let length = 0; length < whole.length; length++) {
        writeFileSync(file, whole.subarray(0, length))
        expect(receipts.loadManifest(receipt), `${length} bytes`).toBeUndefined()
      }
      writeFileSync(file, whole)
      expect(receipts.loadManifest(receipt)?.count).toBe(manifest.count)
    })
  })

  test('those that no memory needs are dropped; of others nothing is touched', () => {
    const folder = stateFolder()
    const names = { old: '', current: '', previous: '' }
    inOneProcess(folder, 'a', receipts => {
      names.old = receipts.saveManifest('unzip:vg', manifestOf('old'))
      names.current = receipts.saveManifest('unzip:vg', manifestOf('current'))
      names.previous = receipts.saveManifest('unzip:coco', manifestOf('previous'))
      receipts.done(receiptOf('unzip:vg', { manifest: names.old }))
      receipts.done(receiptOf('unzip:vg', { manifest: names.current }))
      receipts.done(receiptOf('unzip:coco', { manifest: names.previous }))
      receipts.started('unzip:coco')
    })
    const manifests = join(folder, 'manifests')
    for (const name of ['notes.txt', `${names.old}.0123abcd.tmp`]) writeFileSync(join(manifests, name), '')
    inOneProcess(folder, 'b', receipts => {
      const unreceipted = receipts.saveManifest('unzip:new', manifestOf('new'))
      receipts.dropUnused()
      expect(readdirSync(manifests).toSorted()).toEqual(
        [names.current, names.previous, unreceipted, 'notes.txt'].toSorted(),
      )
    })
  })

  test('a file of one that was saved can be decoded by itself', () => {
    const folder = stateFolder()
    inOneProcess(folder, 'a', receipts => {
      const name = receipts.saveManifest('unzip:vg', manifestOf('one'))
      expect(decodeManifest(readFileSync(join(folder, 'manifests', name)))?.count).toBe(1)
    })
  })
})
