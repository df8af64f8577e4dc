/** Hostile and broken zips from a host, through the real command: each is told by its code, and none leaves anything. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ground, mirror, sha256Of } from '../rig/playground.ts'
import { unnamedEntry, type ZipPart, zipOf } from '../rig/zips.ts'

const megabyte = 1 << 20
const one: ZipPart = { name: '1.jpg', content: 'one '.repeat(50), method: 8 }
const two: ZipPart = { name: '2.jpg', content: 'two' }
const deflated = deflateRawSync(one.content ?? '')
const good = zipOf([one, two])

const archives: Readonly<Record<string, Buffer>> = {
  'not-a-zip': Buffer.from('no zip at all'),
  'cut-zip': good.subarray(0, -9),
  'corrupt-zip': zipOf([one, two], { between: 'xyz' }),
  'split-zip': zipOf([one, two], { lies: { disk: 2 } }),
  'bytes-before-zip': zipOf([one, two], { before: 'MZ' }),
  'bytes-after-zip': zipOf([one, two], { after: 'MZ' }),
  'wrong-entry-count': zipOf([one, two], { lies: { entries: -1 } }),
  'crc-mismatch': zipOf([one, { ...two, says: { crc32: 1 } }]),
  'entry-size-mismatch': zipOf([two, { ...one, says: { bytes: 3 } }]),
  'entry-header-mismatch': zipOf([one, { ...two, local: { name: '3.jpg' } }]),
  'entry-hidden': zipOf([{ ...one, behind: unnamedEntry({ name: '3.jpg', content: 'three' }) }, two]),
  'bytes-after-content': zipOf([two, { ...one, packed: Buffer.concat([deflated, Buffer.from('MZ')]) }]),
  'entry-impossible-size': zipOf([two, { ...one, says: { bytes: 1 << 30 } }]),
  'entry-overlap': zipOf([two, one, { ...one, name: '3.jpg', offset: 0 }]),
  'entry-outside': zipOf([one, { ...two, name: '../2.jpg' }]),
  'entry-absolute': zipOf([one, { ...two, name: '/tmp/2.jpg' }]),
  'entry-drive': zipOf([one, { ...two, name: 'C:2.jpg' }]),
  'entry-backslash': zipOf([one, { ...two, name: 'a\\2.jpg' }]),
  'entry-control-character': zipOf([one, { ...two, name: '2\0.jpg' }]),
  'entry-device-name': zipOf([one, { ...two, name: 'nul.jpg' }]),
  'entry-too-long': zipOf([one, { ...two, name: '2'.repeat(300) }]),
  'entry-not-utf8': zipOf([one, { ...two, name: Buffer.from([0x32, 0xff]) }]),
  'entry-link': zipOf([one, { ...two, content: '/etc/passwd', mode: 0o120777 }]),
  'entry-special': zipOf([one, { ...two, mode: 0o020666 }]),
  'entry-duplicate': zipOf([one, two, two]),
  'entry-file-and-folder': zipOf([one, two, { ...two, name: '2.jpg/3.jpg' }]),
  'entry-encrypted': zipOf([one, { ...two, flags: 1 }]),
  'entry-unknown-method': zipOf([one, { ...two, method: 9 }]),
}

test('each is told by its code, leaves nothing, and comes right with the right archive', async () => {
  const [place, host] = [ground(), await mirror()]
  const codes = Object.keys(archives)
  const target = (name: string): string =>
    `  ${name}: { sources: [{ url: "${host.url}/${name}.zip", unzip: {} }] }\n`
  place.spec(`targets:\n${[...codes, 'good'].map(target).join('')}`)
  host.serve('/good.zip', good)
  for (const [name, zip] of Object.entries(archives)) host.serve(`/${name}.zip`, zip)
  const refused = await place.run('build', '--keep-going')
  expect(refused.codes.toSorted()).toEqual(codes.toSorted())
  expect(refused.summary).toMatchObject({ failed: codes.length, exitCode: 1 })
  const wanted = (target: string) => [
    [`${target}/1.jpg`, sha256Of(Buffer.from('one '.repeat(50)))],
    [`${target}/2.jpg`, sha256Of(Buffer.from('two'))],
  ]
  expect(place.tree()).toEqual(Object.fromEntries(wanted('good')))

  for (const name of codes) host.serve(`/${name}.zip`, good)
  await place.run('clean', '--archives')
  expect((await place.run('build')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual(Object.fromEntries([...codes, 'good'].flatMap(wanted)))
}, 120_000)

test('what is hostile is known from the end of the archive, before all of it is there', async () => {
  const [place, host] = [ground(), await mirror()]
  const parts = Array.from({ length: 24 }, (_, i) => ({ name: `${i}`, content: Buffer.alloc(megabyte, i) }))
  const archive = zipOf([...parts, { name: '../../up' }])
  place.spec(`targets: { images: { sources: [{ url: "${host.url}/pack.zip", unzip: {} }] } }\n`)
  const never = new Promise<void>(() => {})
  host.serve('/pack.zip', archive, { does: 'wait', from: megabyte, to: 2 * megabyte, until: never })
  const { codes, summary } = await place.run('build')
  expect(codes).toEqual(['entry-outside'])
  expect(summary.exitCode).toBe(1)
  expect(summary.bytesDownloaded).toBeLessThan(archive.length)
  expect(existsSync(join(place.root, 'images'))).toBe(false)
}, 60_000)
