/** What a user reads, whole, for each code that this room raises. `UPDATE_GOLDENS=1` rewrites. */

import { readdirSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { files } from '../rig/parts.ts'
import { splitZipOf, unicodePath, unnamedEntry, type ZipPart, type ZipWhole, zipOf } from '../rig/zips.ts'
import { type Asked, draw, expectGolden, goldens, told, unpack } from './rig.ts'

const many = (count: number, name: (i: number) => string): readonly ZipPart[] =>
  files(...Array.from({ length: count }, (_, i) => name(i)))

const zip = (parts: readonly ZipPart[], whole?: ZipWhole) => zipOf(parts, whole)
const first = { name: '000000000009.jpg', content: 'nine', method: 8 }

/** A split archive of three parts, as it is after those parts were joined in that order. */
function joined(...order: readonly number[]): readonly [Buffer, Asked] {
  const cut = splitZipOf(
    many(3, i => `train2017/${i}.jpg`.padEnd(40, 'x')),
    [100, 230],
  )
  const parts = order.map(i => cut[i] as Buffer)
  return [Buffer.concat(parts), { parts: parts.map(({ length }) => length) }]
}

/** Too large for the end of the first part to lie at the end of the file. */
function joinedLarge(...order: readonly number[]): readonly [Buffer, Asked] {
  const content = Buffer.alloc(200_000)
  const cut = splitZipOf([{ name: '1.jpg', content }], [90_000, 180_000])
  const parts = order.map(i => cut[i] as Buffer)
  return [Buffer.concat(parts), { parts: parts.map(({ length }) => length) }]
}

const nested = zip([
  { name: 'data/Images.zip', content: zip([first]) },
  { name: 'data/notes.tar.gz', content: 'x' },
  { name: 'folder.zip/', content: '' },
])

const refused: Readonly<Record<string, readonly [Buffer, Asked?]>> = {
  'not-a-zip': [Buffer.from('just text')],
  'not-a-zip.empty': [Buffer.alloc(0)],
  'not-a-zip.html': [Buffer.from('<!doctype html><title>Sign in</title>')],
  'not-a-zip.gzip': [Buffer.from([0x1f, 0x8b, 8, 0, 0])],
  'not-a-zip.lfs': [Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n')],
  'corrupt-zip': [zip([first], { lies: { bytes: 1, offset: -1 } })],
  'corrupt-zip.between': [zip([first], { between: 'a signature' })],
  'corrupt-zip.two-ends': [zip([first], { zip64: ['offset'], plainEntries: 2 })],
  'corrupt-zip.locator': [zip([first], { zip64: ['entries'], lies: { locator: -40 } })],
  'corrupt-zip.no-size': [zip([{ ...first, zip64: ['bytes'], zip64Lost: true }])],
  'corrupt-zip.directory': [zip([{ ...first, says: { compressedBytes: 500 } }])],
  'corrupt-zip.two-comments': [zip([first], { comment: zip([first]).subarray(-22) })],
  'cut-zip': [zip([first]).subarray(0, 40)],
  'cut-zip.end': [zip([first]).subarray(0, -5)],
  'cut-zip.comment': [zip([first], { comment: 'by hand' }).subarray(0, -3)],
  'corrupt-zip.offset': [zip([first, { name: 'b', content: 'bb' }], { lies: { offset: -9 } })],
  'split-zip': [zip([first], { lies: { disk: 3 } })],
  'zip64-missing': [zip(Array.from({ length: 65_537 }, (_, i) => ({ name: `${i}` })))],
  'bytes-before-zip': [zip([first], { before: Buffer.alloc(163_840, 'MZ') })],
  'bytes-before-zip.zip': [zip([first], { before: zip([first]) })],
  'bytes-before-zip.junk': [zip([first], { before: 'junk' })],
  'bytes-after-zip': [zip([first], { after: '<!-- served from cache -->\n' })],
  'bytes-after-zip.zeros': [zip([first], { after: Buffer.alloc(512) })],
  'wrong-entry-count': [zip([first, { ...first, name: '000000000010.jpg' }], { lies: { entries: -1 } })],
  'wrong-entry-count.more': [zip([first], { lies: { entries: 60_000 } })],
  'entry-overlap': [zip([first, { ...first, name: '000000000010.jpg', offset: 0 }])],
  'entry-impossible-size': [
    zip([{ ...first, zip64: ['bytes'], says: { bytes: 4_500_000_000_000 }, local: { bytes: 4 } }]),
  ],
  'entry-header-mismatch': [zip([{ ...first, local: { name: '000000000010.jpg' } }])],
  'entry-header-mismatch.size': [zip([{ ...first, local: { bytes: 5 } }])],
  'entry-header-mismatch.path': [
    zip([{ ...first, localExtra: unicodePath('000000000009.jpg', '000000000010.jpg') }]),
  ],
  'entry-header-mismatch.none': [zip([{ ...first, local: { signature: 0x21504b50 } }])],
  'entry-header-mismatch.behind': [zip([{ ...first, descriptor: { says: { bytes: 5 } } }])],
  'entry-header-mismatch.short': [zip([{ ...first, descriptor: { isLost: true }, behind: Buffer.alloc(8) }])],
  'entry-hidden': [
    zip([
      { ...first, behind: unnamedEntry({ name: 'run.sh', content: 'rm -rf /' }) },
      { ...first, name: '2' },
    ]),
  ],
  'entry-hidden.cut': [zip([{ ...first, behind: 'PK\x03\x04' }])],
  'bytes-after-content': [
    zip([{ ...first, packed: Buffer.concat([deflateRawSync('nine'), Buffer.from('rm -rf /')]) }]),
  ],
  'corrupt-zip.deflate': [zip([{ ...first, content: 'x'.repeat(500), says: { compressedBytes: 3 } }])],
  'wrong-parts': [joined(0, 1, 2)[0], { parts: [100, 500] }],
  'wrong-parts.one': [splitZipOf([first], [10])[0] as Buffer],
  'wrong-parts.first': joinedLarge(2, 0, 1),
  'wrong-parts.swapped': joined(1, 0, 2),
  'wrong-parts.last': joined(0, 1),
  'wrong-parts.unfit': [joined(0, 1, 2)[0], { parts: [100, 140, 340] }],
  'wrong-parts.unknown': [joined(0, 1, 2)[0]],
  'wrong-inner': [nested, { written: { inner: 'images.zip' } }],
  'wrong-inner.none': [zip(files('1.jpg')), { written: { inner: '1.zip' } }],
  'wrong-inner.many': [zip(many(14, i => `${i}.zip`)), { written: { inner: '99.zip' } }],
  'not-a-zip.inner': [nested, { written: { inner: 'data/notes.tar.gz' } }],
  'crc-mismatch': [zip([{ ...first, says: { crc32: 0x1a2b3c } }])],
  'entry-size-mismatch': [zip([{ ...first, says: { bytes: 2 } }])],
  'entry-size-mismatch.less': [zip([{ ...first, says: { bytes: 6_000 } }])],
  'entry-size-mismatch.stored': [zip([{ ...first, method: 0, says: { bytes: 5 } }])],
  'entry-outside': [zip(files('../../etc/cron.d/job', 'a\\..\\..\\b'))],
  'entry-absolute': [zip(files('/etc/passwd'))],
  'entry-drive': [zip(files('C:/boot.ini', 'd:autorun.inf'))],
  'entry-backslash': [zip(files('images\\1.jpg', '\\\\server\\share\\1.jpg'))],
  'entry-control-character': [zip(files('a\x1b[31m', 'a\0.jpg'))],
  'entry-device-name': [zip(files('CON', 'images/aux.jpg', 'com1 .tar.gz'))],
  'entry-too-long': [zip(files(`a/${'é'.repeat(128)}`, `${'abcdefg/'.repeat(128)}x`))],
  'entry-not-utf8': [zip([{ name: Buffer.from('caf\xe9.jpg', 'latin1') }])],
  'entry-outside.many': [zip(many(1234, i => `../${i}.jpg`))],
  'entry-bad-name': [zip(files('a//b', 'a/./b', 'c/'))],
  'entry-link': [zip([{ name: 'latest', mode: 0o120777 }])],
  'entry-special': [zip([{ name: 'pipe', mode: 0o010644 }])],
  'entry-duplicate': [zip(files('1.jpg', '1.jpg'))],
  'entry-file-and-folder': [zip(files('images', 'images/1.jpg'))],
  'entry-file-and-folder.alone': [zip([...files('images'), { name: 'images/' }])],
  'entry-clash': [
    zip(files('README', 'readme', 'IMAGES', 'images/1.jpg', 'é', 'e\u0301')),
    { bench: { foldsCase: true } },
  ],
  'entry-encrypted': [zip([{ ...first, flags: 1 }])],
  'entry-unknown-method': [
    zip([
      { name: 'a', content: 'x', method: 9 },
      { name: 'b', content: 'x', method: 77 },
    ]),
  ],
  'wrong-root': [
    zip([...many(12, i => `train2017/${i}.jpg`), ...files('readme.txt')]),
    { written: { root: 'train2018' } },
  ],
  'wrong-root.suggestion': [
    zip(many(3, i => `data/web-celebrity/images/${i}`)),
    { written: { root: 'images' } },
  ],
  'wrong-root.many': [
    zip(many(1500, i => `${String(i % 25).padStart(5, '0')}/${i}.jpg`)),
    { written: { root: 'images' } },
  ],
  'wrong-root.auto': [
    zip(files('v/chartqa/1', 'v/docvqa/2', 'v/docvqa/3')),
    { written: { root: 'auto' }, target: 'ai2d/images' },
  ],
  'wrong-root.no-folder': [zip(files('1.jpg')), { written: { root: 'images' } }],
  'ambiguous-root': [
    zip(files('x/images/1', 'y/images/2')),
    { written: { root: 'auto' }, target: 'ai2d/images' },
  ],
  several: [
    zip([...files('../up', '1.jpg', '1.jpg'), { name: 'link', mode: 0o120777 }]),
    { written: { root: 'images' } },
  ],
}

describe('messages', () => {
  test.each(Object.entries(refused))('%s', async (name, [bytes, asked]) => {
    const { problem } = await unpack(bytes, asked)
    if (name !== 'several') expect(problem?.code).toBe(name.split('.')[0])
    expectGolden(name, problem ? told(problem) : 'no problem')
  })

  test('entry-clash.warning', async () => {
    const { bench } = await unpack(zip(files('README', 'readme', 'é', 'e\u0301')))
    expectGolden('entry-clash.warning', draw(bench.told))
  })

  test('no golden without a test', () => {
    const elsewhere = [
      'disk-full',
      'disk-full.inodes',
      'no-room',
      'no-room.inodes',
      'zip64-missing.offset',
      'directory-too-large',
    ]
    const names = [...Object.keys(refused), 'entry-clash.warning', ...elsewhere]
    expect(readdirSync(goldens).toSorted()).toEqual(names.map(name => `${name}.txt`).toSorted())
  })
})
