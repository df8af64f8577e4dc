/** `transcode: jpg`: what images become, what is left as it is, and what is done again. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import { openJpegEncoder } from '../../lib/io/jpeg.ts'
import { imageTypeOf } from '../../lib/model/image.ts'
import type { RenameParams } from '../../lib/model/params.ts'
import type { Fingerprint, Input, Workbench } from '../../lib/model/task.ts'
import { jpgNamed } from '../../lib/model/transcode.ts'
import { PixelBudget } from '../../tasks/rename/pixel-budget.ts'
import { rename } from '../../tasks/rename.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'
import { sha256Of } from '../rig/playground.ts'
import { manifestOf, type TestBench, testBench } from '../rig/workbench.ts'
import { bmp, picture, svg } from './rig.ts'

const place = { file: 'datasets.yaml', line: 9, column: 16, length: 3 }
const toUpper = { match: '**/*.webp', to: 'web/{name}', place }

const paramsOf = (rest: Partial<RenameParams> = {}): RenameParams => ({
  target: 'ocr/images',
  rules: [],
  parts: [{ task: 'unzip:0', prefix: '' }],
  transcode: { place },
  bytes: undefined,
  files: undefined,
  ...rest,
})

type Files = Readonly<Record<string, Buffer>>

function folderOf(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-transcode-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

const manifestOfFiles = (files: Files) =>
  manifestOf(
    Object.entries(files).map(([path, content]) => ({
      path,
      bytes: content.length,
      sha256: sha256Of(content),
    })),
  )

const partOf = (files: Files, { isThere = true } = {}): Input => ({
  artifact: { task: 'unzip:0', form: 'tree', at: '.groundwork/parts/x', lasting: false },
  path: isThere ? folderOf(files) : '/nowhere',
  manifest: manifestOfFiles(files),
  sole: true,
  absent: !isThere,
})

async function run(params: RenameParams, overrides: Partial<Workbench>): Promise<TestBench> {
  const bench = testBench(overrides)
  await rename.run(params, bench)
  return bench
}

/** What lies in staging, each recorded as it is. */
function stagedIn(bench: TestBench): Record<string, Buffer> {
  const staged = Object.fromEntries(
    [...filesBelow(bench.staging)].toSorted().map(name => [name, readFileSync(join(bench.staging, name))]),
  )
  expect(Object.fromEntries(bench.recorded)).toEqual(
    Object.fromEntries(
      Object.entries(staged).map(([name, { length }]) => [
        name,
        { bytes: length, sha256: sha256Of(staged[name] as Buffer) },
      ]),
    ),
  )
  return staged
}

const [jpeg, png, gif, webp, tiff, avif] = await Promise.all([
  picture('jpeg'),
  picture('png'),
  picture('gif'),
  picture('webp'),
  picture('tiff'),
  picture('avif', { effort: 0 }),
])

test.each([
  ['a/b.png', 'a/b.jpg'],
  ['a.JPEG', 'a.jpg'],
  ['a.JPG', 'a.jpg'],
  ['a.jpg', 'a.jpg'],
  ['a/B0001', 'a/B0001.jpg'],
  ['v1.0', 'v1.0.jpg'],
  ['a.b/c', 'a.b/c.jpg'],
  ['a/.png', 'a/.png.jpg'],
  ['a.png.gif', 'a.png.jpg'],
])('%s is called %s then', (path, name) => expect(jpgNamed(path)).toBe(name))

describe('the kind', () => {
  test('is stale when it is asked for, and makes it from what lies there; what was re-encoded needs its parts', () => {
    const [ingredient] = rename.outline(paramsOf()).fingerprint
    expect(ingredient).toEqual({ name: 'transcode', value: 'jpg, quality 95, 4:4:4, on #ffffff', place })
    expect(rename.outline(paramsOf({ transcode: undefined })).fingerprint).toEqual([])
    const change = { ingredient: 'transcode', was: undefined, now: 'jpg' }
    expect(rename.reworks?.([change, { ...change, ingredient: 'rename[0].to' }])).toBe(true)
    expect(rename.reworks?.([{ ...change, was: 'jpg', now: undefined }])).toBe(false)
  })

  test('makes JPEG of every image that is none, by content; JPEG and other files stay as they are', async () => {
    const files = {
      'a.jpg': jpeg,
      'b.jpeg': jpeg,
      'c.gif': jpeg,
      'd.jpg': png,
      'e.gif': gif,
      'sub/f.png': png,
      'g.webp': webp,
      h: tiff,
      'i.avif': avif,
      'j.svg': svg,
      README: Buffer.from('All covers belong to their publishers.'),
      'notes.png': Buffer.from('{}'),
      'empty.png': Buffer.alloc(0),
    }
    const bench = await run(paramsOf({ rules: [toUpper] }), { inputs: [partOf(files)] })
    const staged = stagedIn(bench)
    expect(Object.keys(staged)).toEqual(
      'README a.jpg b.jpg c.jpg d.jpg e.jpg empty.png h.jpg i.jpg j.jpg notes.png sub/f.jpg web/g.jpg'.split(
        ' ',
      ),
    )
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) expect(staged[name]).toEqual(jpeg)
    for (const name of ['README', 'notes.png', 'empty.png'] as const)
      expect(staged[name]).toEqual(files[name])
    for (const [name, content] of Object.entries(staged).filter(([path]) => path.endsWith('.jpg'))) {
      expect(imageTypeOf(content)).toBe('jpeg')
      const { width, height } = await sharp(content).metadata()
      expect([name, width, height]).toEqual([name, ...(name === 'j.jpg' ? [30, 20] : [40, 30])])
    }
    expect(bench.remarks['sharp']).toMatch(/^\d+\.\d+\.\d+ \(libvips \d+/)
    const again = await run(paramsOf({ rules: [toUpper] }), { inputs: [partOf(files)] })
    expect(stagedIn(again)).toEqual(staged)
  })

  test('only looks where there is nothing to encode, and needs no library for that', async () => {
    const bench = await run(paramsOf(), { inputs: [partOf({ 'a.jpeg': jpeg })] })
    expect(stagedIn(bench)).toEqual({ 'a.jpg': jpeg })
    expect(bench.remarks).toEqual({})
    expect([...filesBelow(bench.shelf)]).toEqual([])
  })

  test('what is transparent is white, an animation is its first frame, a picture stands upright', async () => {
    const clear = await sharp({ create: { width: 20, height: 10, channels: 4, background: '#ff000000' } })
      .png()
      .toBuffer()
    const frames = Buffer.concat([Buffer.alloc(300, 200), Buffer.alloc(300, 20)])
    const animation = await sharp(frames, { raw: { width: 10, height: 20, channels: 3, pageHeight: 10 } })
      .gif({ delay: [100, 100] })
      .toBuffer()
    const turned = await sharp(png).withMetadata({ orientation: 6 }).png().toBuffer()
    const bench = await run(paramsOf(), {
      inputs: [partOf({ 'clear.png': clear, 'animation.gif': animation, 'turned.png': turned })],
    })
    const staged = stagedIn(bench)
    const pixelsOf = (name: string) => sharp(staged[name]).raw().toBuffer({ resolveWithObject: true })
    expect((await pixelsOf('clear.jpg')).data.every(value => value >= 254)).toBe(true)
    const first = await pixelsOf('animation.jpg')
    expect([first.info.width, first.info.height]).toEqual([10, 10])
    expect(first.data.every(value => Math.abs(value - 200) < 5)).toBe(true)
    const { info } = await pixelsOf('turned.jpg')
    expect([info.width, info.height]).toEqual([30, 40])
    expect((await sharp(staged['turned.jpg']).metadata()).orientation).toBeUndefined()
  })

  test('stops when the run is cancelled', async () => {
    const stop = new AbortController()
    const bench = testBench({
      inputs: [partOf({ 'a.png': png, 'b.png': png, 'c.png': png })],
      signal: stop.signal,
      progress: () => stop.abort(new Error('interrupted')),
    })
    await expect(rename.run(paramsOf(), bench)).rejects.toThrow('interrupted')
  })
})

describe('what was made before', () => {
  const files = { 'a.jpg': jpeg, 'b.png': png, 'c.gif': gif, 'd.gif': gif, README: Buffer.from('text') }
  const { fingerprint } = rename.outline(paramsOf())

  /** A bench at which a result lies, with the ledger that belongs to it. */
  async function built(
    then: Files = files,
    params = paramsOf(),
  ): Promise<{ shelf: string; final: string; last: Files }> {
    const { shelf, staging, ...bench } = await run(params, { inputs: [partOf(then)] })
    return { shelf, final: staging, last: stagedIn({ shelf, staging, ...bench }) }
  }

  const withPrevious = (
    { shelf, final, last }: Awaited<ReturnType<typeof built>>,
    then: Fingerprint = fingerprint,
  ) => ({
    shelf,
    final,
    previous: { manifest: manifestOfFiles(last), fingerprint: then },
  })

  test('is kept where it is intact; what is not is encoded again, to the same bytes', async () => {
    const { last, ...before } = await built()
    const { 'b.jpg': _, 'a.jpg': __, ...intact } = last
    const bench = await run(paramsOf(), {
      ...before,
      inputs: [partOf(files)],
      intact: manifestOfFiles(intact),
    })
    expect(bench.kept.toSorted()).toEqual(['README', 'c.jpg', 'd.jpg'])
    expect(stagedIn(bench)).toEqual({ 'a.jpg': jpeg, 'b.jpg': last['b.jpg'] })
    // The whole of it is known again the next time.
    const { 'c.jpg': ___, ...second } = last
    const next = await run(paramsOf(), {
      ...before,
      inputs: [partOf(files)],
      intact: manifestOfFiles(second),
    })
    expect(next.kept.toSorted()).toEqual(['README', 'a.jpg', 'b.jpg', 'd.jpg'])
  })

  test('gets other names without its parts, and is not encoded again', async () => {
    const before = await built()
    const rules = [{ match: '*.{gif,jpg}', to: 'x/{name}', place }]
    const bench = await run(paramsOf({ rules }), {
      ...withPrevious(before),
      inputs: [partOf(files, { isThere: false })],
    })
    expect(bench.kept.toSorted()).toEqual(['README', 'b.jpg'])
    const { last, final } = before
    expect(stagedIn(bench)).toEqual({ 'x/a.jpg': jpeg, 'x/c.jpg': last['c.jpg'], 'x/d.jpg': last['c.jpg'] })
    const inodeOf = (path: string) => statSync(path).ino
    expect(inodeOf(join(bench.staging, 'x/a.jpg'))).toBe(inodeOf(join(final, 'a.jpg')))
    expect(inodeOf(join(bench.staging, 'x/c.jpg'))).not.toBe(inodeOf(join(bench.staging, 'x/d.jpg')))
    expect(bench.remarks).toEqual({})
  })

  test('is the source where transcoding is asked for anew', async () => {
    const plain = await built(files, paramsOf({ transcode: undefined }))
    const bench = await run(paramsOf(), {
      ...withPrevious(plain, []),
      inputs: [partOf(files, { isThere: false })],
    })
    expect(bench.kept.toSorted()).toEqual(['README', 'a.jpg'])
    const { 'a.jpg': _, README: __, ...wanted } = (await built()).last
    expect(stagedIn(bench)).toEqual(wanted)
  })

  test('without its ledger the parts are wanted, and give the same', async () => {
    const before = await built()
    rmSync(before.shelf, { recursive: true })
    const inputs = [partOf(files, { isThere: false })]
    await expect(run(paramsOf(), { ...withPrevious(before), inputs })).rejects.toThrow('unzip:0 is wanted')
    const bench = await run(paramsOf(), { ...withPrevious(before), inputs: [partOf(files)] })
    expect(bench.kept.toSorted()).toEqual(['README', 'a.jpg'])
    expect({ ...before.last, ...stagedIn(bench) }).toEqual(before.last)
  })

  test('a ledger that is torn costs work, not correctness', async () => {
    const before = await built()
    const ledger = join(before.shelf, 'transcoded.ndjson')
    writeFileSync(ledger, `${readFileSync(ledger, 'utf8').slice(0, -20)}\nnull\n{"from":1}\n`)
    const { 'a.jpg': _, ...intact } = before.last
    const bench = await run(paramsOf(), {
      shelf: before.shelf,
      final: before.final,
      inputs: [partOf(files)],
      intact: manifestOfFiles(intact),
    })
    expect({ ...intact, ...stagedIn(bench) }).toEqual(before.last)
  })
})

describe('messages', () => {
  test('unreadable-image', async () => {
    const part = partOf({
      'a.jpg': jpeg.subarray(0, 200),
      'b.png': png.subarray(0, 200),
      'c.bmp': bmp(10, 10),
      'd.gif': gif.subarray(0, -40),
      'e.png': png,
    })
    const shelf = join(testBench().shelf, '.groundwork/shelf/rename~2ocr~1images')
    const bench = testBench({ inputs: [part], shelf })
    const problem = await problemOf(() => rename.run(paramsOf(), bench))
    expectGolden('images/unreadable-image', problem)
    const list = readFileSync(join(shelf, 'not-transcoded.ndjson'), 'utf8').trimEnd().split('\n')
    expect(list.map(line => (JSON.parse(line) as { path: string }).path)).toEqual(['b.png', 'c.bmp', 'd.gif'])
    // Nothing was taken out of the part: the next attempt needs no other.
    expect([...filesBelow(part.path)]).toHaveLength(5)
    await rename.run(paramsOf(), {
      ...bench,
      inputs: [partOf({ 'e.png': png })],
      staging: testBench().staging,
    })
    expect([...filesBelow(shelf)]).toEqual(['transcoded.ndjson'])
  })

  test('unreadable-image.many', async () => {
    const names = Array.from({ length: 12 }, (_, i) => [
      `${String(i).padStart(2, '0')}.png`,
      png.subarray(0, 90),
    ])
    const problem = await problemOf(() =>
      run(paramsOf(), {
        inputs: [partOf(Object.fromEntries(names) as Files)],
        shelf: `${testBench().shelf}/.groundwork/x`,
      }),
    )
    expectGolden('images/unreadable-image.many', problem)
  })

  test('a picture that is made to fill the memory is refused by its header', async () => {
    const bomb = Buffer.from(await picture('png', {}, { width: 4, height: 4 }))
    bomb.writeUInt32BE(60_000, 16)
    bomb.writeUInt32BE(60_000, 20)
    const problem = await problemOf(() =>
      run(paramsOf(), {
        inputs: [partOf({ 'bomb.png': bomb })],
        shelf: `${testBench().shelf}/.groundwork/x`,
      }),
    )
    expectGolden('images/unreadable-image.bomb', problem)
  })

  test('rename-collision', async () => {
    const files = { 'a.gif': gif, 'a.png': png, 'b.jpg': Buffer.from('text'), 'b.png': png }
    const problem = await problemOf(() => run(paramsOf(), { inputs: [partOf(files)] }))
    expectGolden('images/rename-collision', problem)
  })

  test('library-missing', async () => {
    const problem = await problemOf(() =>
      openJpegEncoder(() =>
        Promise.reject(new Error("Cannot find package 'sharp' imported from lib/io\nmore")),
      ),
    )
    expectGolden('images/library-missing', problem)
  })
})

test('pixels in memory are rationed, in the order of asking', async () => {
  const budget = new PixelBudget(100)
  const entered: number[] = []
  const ask = async (pixels: number) => {
    const giveBack = await budget.take(pixels)
    entered.push(pixels)
    return giveBack
  }
  const first = await ask(60)
  const [second, third, fourth] = [ask(50), ask(30), ask(1000)]
  await Promise.resolve()
  expect(entered).toEqual([60])
  first()
  const giveBack = [await second, await third]
  expect(entered).toEqual([60, 50, 30])
  for (const give of giveBack) give()
  ;(await fourth)()
  expect(entered).toEqual([60, 50, 30, 1000])
})
