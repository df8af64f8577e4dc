/** `transcode: jpg`: what images become, and what is left as it is. */

import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import { imageTypeOf } from '../../lib/model/image.ts'
import { jpgNamed } from '../../lib/model/transcode.ts'
import { PixelBudget } from '../../tasks/rename/pixel-budget.ts'
import { rename } from '../../tasks/rename.ts'
import { testBench } from '../rig/workbench.ts'
import { picture, svg } from './rig.ts'
import { gif, jpeg, paramsOf, partOf, place, png, run, stagedIn } from './transcode-rig.ts'

const toUpper = { match: '**/*.webp', to: 'web/{name}', place }

const [webp, tiff, avif] = await Promise.all([
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
