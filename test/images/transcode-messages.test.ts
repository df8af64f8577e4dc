/** What a user reads of images that cannot become JPEG, and where the list of them lies. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import { openJpegEncoder } from '../../lib/io/jpeg.ts'
import { rename } from '../../tasks/rename.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'
import { testBench } from '../rig/workbench.ts'
import { bmp, picture } from './rig.ts'
import { type Files, gif, jpeg, paramsOf, partOf, png, run } from './transcode-rig.ts'

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
