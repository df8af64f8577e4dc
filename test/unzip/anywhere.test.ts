/** A zip that is cut or wrong at any byte, and a reading that fails at any place. */

import { expect, test } from 'vitest'
import { Problem } from '../../lib/model/problem.ts'
import { zipOf } from '../rig/zips.ts'
import { cat, dog, packed, problemOf, texts } from './cats.ts'
import { contents, inMemory } from './rig.ts'

test('a zip cut at any byte', async () => {
  const inner = zipOf([dog])
  const zip = zipOf([cat, { name: 'in.zip', content: inner }, { ...dog, zip64: ['bytes'] }], {
    zip64: ['entries'],
    comment: 'the end',
  })
  for (let bytes = 0; bytes < zip.length; bytes += 1) {
    const { code } = await problemOf(zip.subarray(0, bytes))
    expect(code, `cut after ${bytes}`).toBe(bytes === 0 ? 'not-a-zip' : 'cut-zip')
  }
})

const rich = zipOf(
  [
    { ...cat, descriptor: true, mode: 0o100644 },
    { ...dog, zip64: ['bytes', 'offset'], localExtra: Buffer.alloc(6) },
    { name: 'café', content: 'noir', flags: 0x800 },
    { name: 'folder/' },
  ],
  { zip64: ['entries', 'offset'], comment: 'the end' },
)

test.each([0x01, 0x80, 0xff])(
  'never anything but what was packed, whichever byte is wrong by %i',
  async wrong => {
    const whole = new Map([...packed, ['café', 'noir'], ['folder/', '']])
    for (let at = 0; at < rich.length; at += 1) {
      const bytes = Buffer.from(rich)
      bytes[at] = (bytes[at] as number) ^ wrong
      const outcome = await texts(bytes).catch((error: unknown) => error)
      // Dates, versions and attributes prove nothing: there the content is as it was.
      if (!(outcome instanceof Problem)) expect(outcome, `byte ${at}`).toEqual(whole)
    }
  },
)

test('a reading that fails, whichever it is', async () => {
  const zip = zipOf([cat, { name: 'large', content: Buffer.alloc(5_000_000), method: 0 }, dog], {
    zip64: ['offset'],
  })
  const whole = inMemory(zip)
  await contents(whole)
  expect(whole.reads).toBeGreaterThan(5)
  for (let k = 1; k <= whole.reads; k += 1)
    await expect(contents(inMemory(zip, k)), `reading ${k}`).rejects.toMatchObject({ code: 'EIO' })
})
