/** Inflating in memory, by the library of the system where it is found, and by Node where it is not. */

import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type * as Door from '../../lib/io/inflate.ts'
import * as native from '../../lib/io/native.ts'

/** As a process sees it that has the library, or has not. */
async function doorWith(call: native.InflateCall | undefined): Promise<typeof Door> {
  vi.resetModules()
  vi.doMock('../../lib/io/native.ts', () => ({ ...native, inflateCall: () => call }))
  return import('../../lib/io/inflate.ts')
}

/** What a library may do that takes exactly what Node takes. */
const byNode: native.InflateCall = (packed, content) => {
  try {
    const whole = inflateRawSync(packed, { maxOutputLength: content.length + 1, info: true }) as unknown as {
      buffer: Buffer
      engine: { bytesWritten: number }
    }
    if (whole.buffer.length !== content.length) return undefined
    content.set(whole.buffer)
    return whole.engine.bytesWritten
  } catch {
    return undefined
  }
}

const ways: [string, native.InflateCall | undefined][] = [
  ['the library of the system', native.inflateCall()],
  ['a library that takes what Node takes', byNode],
  ['Node alone', undefined],
]

describe.each(ways)('%s', (_, call) => {
  test('gives back what was deflated, at every level and length', async () => {
    const { inflated } = await doorWith(call)
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 2000 }), fc.string({ maxLength: 500 })),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 60 }),
        (piece, level, times) => {
          const content = Buffer.concat(Array(times).fill(Buffer.from(piece as string)))
          const packed = deflateRawSync(content, { level })
          const junk = Buffer.from([1, 2, 3])
          for (const bytes of [packed, Buffer.concat([packed, junk])]) {
            const found = inflated(bytes, content.length)
            expect(found.content.equals(content)).toBe(true)
            expect(found.taken).toBe(packed.length)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  test('says of a damaged stream what Node says', async () => {
    const { inflated } = await doorWith(call)
    const content = Buffer.from('a picture '.repeat(100))
    const packed = deflateRawSync(content)
    expect(() => inflated(packed.subarray(0, -3), content.length)).toThrow('unexpected end of file')
    expect(() => inflated(Buffer.from([0x07]), content.length)).toThrow('invalid block type')
  })

  test('does not hold more than one byte more than expected, and gives what is less', async () => {
    const { inflated } = await doorWith(call)
    const packed = deflateRawSync(Buffer.alloc(1 << 20))
    expect(() => inflated(packed, 1000)).toThrow(expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }))
    expect(inflated(packed, 2 << 20).content.length).toBe(1 << 20)
  })
})

test.runIf(native.inflateCall())('the library says how much it took', () => {
  const content = Buffer.from('a picture '.repeat(100))
  const packed = deflateRawSync(content)
  const call = native.inflateCall()
  expect(call?.(Buffer.concat([packed, Buffer.from('junk')]), Buffer.alloc(content.length))).toBe(
    packed.length,
  )
  expect(call?.(packed, Buffer.alloc(content.length + 1))).toBeUndefined()
  expect(call?.(packed, Buffer.alloc(content.length - 1))).toBeUndefined()
})
