/** A digest that is saved and taken up again, by each of those who calculate, against node:crypto. */

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isProved, opensslMaker } from '../../lib/io/digester/openssl.ts'
import type { HashMaker } from '../../lib/io/digester/savable.ts'
import { readState, writeState } from '../../lib/io/digester/state.ts'
import { wasmMaker } from '../../lib/io/digester/wasm.ts'
import { Digester } from '../../lib/io/digester.ts'
import { type CryptoHash, cryptoHash } from '../../lib/io/native.ts'

const openssl = opensslMaker()
const makers: readonly HashMaker[] = openssl ? [openssl, wasmMaker] : [wasmMaker]
const each = makers.map(maker => [maker.name, maker] as const)

const wantedOf = (bytes: Uint8Array) => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  md5: createHash('md5').update(bytes).digest('hex'),
})

test.runIf(process.platform === 'linux')('on Linux libcrypto is called', () => {
  expect(openssl?.name).toMatch(/^openssl-[lb]e$/)
})

describe.each(each)('%s', (_, maker) => {
  const options = { md5: true, makers: [maker] }

  /** What a digester hashed of `bytes` until it was saved. */
  const saved = async (bytes: Uint8Array, isMd5Wanted = true): Promise<string> => {
    const digester = await Digester.begin({ ...options, md5: isMd5Wanted })
    digester.update(bytes)
    return digester.state()
  }

  test('any bytes in any pieces, saved and taken up after any of them, have the digests of the bytes', async () => {
    const pieces = fc.array(fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.boolean()), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(pieces, async pieces => {
        let digester = await Digester.begin(options)
        let soFar = Buffer.alloc(0)
        for (const [piece, isSaved] of pieces) {
          digester.update(piece)
          soFar = Buffer.concat([soFar, piece])
          if (isSaved) digester = (await Digester.from(digester.state(), options)) as Digester
          expect(digester.position).toBe(soFar.length)
          expect(digester.digests()).toEqual(wantedOf(soFar))
        }
      }),
      { seed: 4, numRuns: 100 },
    )
  })

  test('each length around the blocks can be saved', async () => {
    const bytes = Buffer.from(Array.from({ length: 200 }, (_, i) => i))
    for (let length = 0; length <= bytes.length; length += 1) {
      const digester = await Digester.from(await saved(bytes.subarray(0, length)), options)
      digester?.update(bytes.subarray(length))
      expect(digester?.digests()).toEqual(wantedOf(bytes))
    }
  })

  test('what was saved is a copy: who goes on does not change it', async () => {
    const digester = await Digester.begin(options)
    digester.update(Buffer.from('a'))
    const state = digester.state()
    digester.update(Buffer.from('b'))
    const other = await Digester.from(state, options)
    other?.update(Buffer.from('c'))
    expect(digester.digests()).toEqual(wantedOf(Buffer.from('ab')))
    expect(other?.digests()).toEqual(wantedOf(Buffer.from('ac')))
  })

  test('a state that is torn, or wrong in one place, is none', async () => {
    const state = await saved(Buffer.from('some bytes'))
    for (let at = 0; at < state.length; at += 1) {
      const other = state[at] === '0' ? '1' : '0'
      const wrong = [
        state.slice(0, at),
        state.slice(at + 1),
        state.slice(0, at) + other + state.slice(at + 1),
        state.slice(0, at) + state[at] + state.slice(at),
      ]
      for (const text of wrong) expect(await Digester.from(text, options)).toBeUndefined()
    }
    expect(await Digester.from(`${state} `, options)).toBeUndefined()
    expect(await Digester.from(`${state}\n`, options)).toBeUndefined()
  })

  test('a state that one digest of is missing or not wanted', async () => {
    const bytes = Buffer.from('some bytes')
    expect(await Digester.from(await saved(bytes, false), options)).toBeUndefined()
    const fewer = await Digester.from(await saved(bytes), { ...options, md5: false })
    expect(fewer?.digests()).toEqual({ sha256: wantedOf(bytes).sha256 })
  })

  test('a state of another maker is none', async () => {
    const state = await saved(Buffer.from('some bytes'))
    const others = makers.filter(other => other !== maker)
    expect(await Digester.from(state, { md5: true, makers: others })).toBeUndefined()
    expect((await Digester.from(state, { md5: true }))?.position).toBe(10)
  })

  test('a line that is whole over a state that is not is none', async () => {
    const state = readState(await saved(Buffer.from('some bytes')))
    if (!state) throw new Error('no state')
    const { sha256 = Buffer.alloc(0), md5 } = state.hashes
    const short = { sha256: sha256.subarray(1), md5 }
    expect(await Digester.from(writeState({ ...state, hashes: short }), options)).toBeUndefined()
    const foreign = { sha256: Buffer.alloc(sha256.length, 0xff), md5 }
    expect(await Digester.from(writeState({ ...state, hashes: foreign }), options)).toBeUndefined()
    const nothing = { sha256: Buffer.alloc(0), md5 }
    expect(await Digester.from(writeState({ ...state, hashes: nothing }), options)).toBeUndefined()
  })
})

describe('libcrypto is not called where', () => {
  const real = cryptoHash('SHA256') as CryptoHash

  test('its structs are as they are taken for: it is', () => {
    expect(isProved(real, 'sha256')).toBe(true)
  })

  test.each<[string, Partial<CryptoHash>]>([
    ['it cannot begin', { init: () => 0 }],
    ['it begins otherwise', { init: state => real.init(state) && (state[0] = 1) }],
    ['it writes past the struct', { init: state => real.init(state) && (state[112] = 1) }],
    ['it counts otherwise', { update: (state, bytes, length) => real.update(state, bytes, length - 1) }],
    [
      'it gives another digest',
      { final: (digest, state) => real.final(digest, state) && (digest[31] = 1) && 1 },
    ],
    ['it keeps its state elsewhere', stateElsewhere(real)],
    ['the calls are of another digest', cryptoHash('MD5') as CryptoHash],
  ])('%s', (_, calls) => {
    expect(isProved({ ...real, ...calls }, 'sha256')).toBe(false)
  })
})

/** The struct is a handle only, as it would be for EVP. */
function stateElsewhere(real: CryptoHash): CryptoHash {
  const hidden = new Uint8Array(112)
  return {
    init: () => real.init(hidden),
    update: (_, bytes, length) => real.update(hidden, bytes, length),
    final: digest => real.final(digest, hidden.slice()),
  }
}

test('a state of a position that its struct does not tell is none', async () => {
  if (!openssl) return
  const digester = await Digester.begin({ md5: false, makers: [openssl] })
  digester.update(Buffer.from('some bytes'))
  const state = readState(digester.state())
  if (!state) throw new Error('no state')
  for (const position of [0, 9, 11, 10 + 64]) {
    expect(await Digester.from(writeState({ ...state, position }), { md5: false })).toBeUndefined()
  }
  // As many waiting bytes as would be written far behind the struct.
  const struct = Buffer.from(state.hashes.sha256 ?? [])
  struct.writeUInt32LE(4_000_000, 26 * 4)
  const hashes = { sha256: struct, md5: undefined }
  expect(await Digester.from(writeState({ ...state, hashes }), { md5: false })).toBeUndefined()
})

test('a struct after more than 512 MiB, where the count of bits needs its second word, is taken up', async () => {
  if (!openssl) return
  const options = { md5: false, makers: [openssl] }
  const piece = Buffer.alloc(1 << 20, 'groundwork')
  const wanted = createHash('sha256')
  let digester = await Digester.begin(options)
  for (let i = 0; i < 514; i += 1) {
    digester.update(piece)
    wanted.update(piece)
    if (i >= 511) digester = (await Digester.from(digester.state(), options)) as Digester
  }
  expect(digester.digests()).toEqual({ sha256: wanted.digest('hex') })
})
