/**
 * Digests by the libcrypto that the node binary holds, as fast as node:crypto, over a struct that is ours: it is the
 * state. Nobody promises that the struct stays as it is, so it is proved first. Does not know the form of a saved state.
 */

import { createHash } from 'node:crypto'
import { endianness } from 'node:os'
import { type CryptoHash, cryptoHash } from '../native.ts'
import type { Algorithm, HashMaker, SavableHash } from './savable.ts'

interface Layout {
  readonly name: 'SHA256' | 'MD5'
  readonly digestBytes: number
  /** Of the struct, in words of 32 bits: the bits so far (low word, high word), and the bytes that wait for a block. */
  readonly words: number
  readonly bitsAt: number
  readonly waitingAt: number
  /** SHA256_CTX ends with the length of its digest. */
  readonly lengthAt?: number
}

/** SHA256_CTX and MD5_CTX of OpenSSL 1.1 and 3. */
const layouts: Readonly<Record<Algorithm, Layout>> = {
  sha256: { name: 'SHA256', digestBytes: 32, words: 28, bitsAt: 8, waitingAt: 26, lengthAt: 27 },
  md5: { name: 'MD5', digestBytes: 16, words: 23, bitsAt: 4, waitingAt: 22 },
}

const blockBytes = 64

class Hash implements SavableHash {
  readonly #calls: CryptoHash
  readonly #layout: Layout
  readonly #struct: Uint8Array

  constructor(calls: CryptoHash, layout: Layout, struct: Uint8Array) {
    this.#calls = calls
    this.#layout = layout
    this.#struct = struct
  }

  update(bytes: Uint8Array): void {
    if (this.#calls.update(this.#struct, bytes, bytes.length) !== 1) throw refused(this.#layout)
  }

  digest(): string {
    const digest = Buffer.alloc(this.#layout.digestBytes)
    if (this.#calls.final(digest, this.state()) !== 1) throw refused(this.#layout)
    return digest.toString('hex')
  }

  state(): Uint8Array {
    return aligned(this.#struct)
  }
}

const refused = ({ name }: Layout): Error => new Error(`libcrypto refused to calculate ${name}`)

/** A copy of its own: the words of a struct lie at multiples of their size. */
const aligned = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)

function begin(calls: CryptoHash, layout: Layout): Hash {
  const struct = new Uint8Array(layout.words * 4)
  if (calls.init(struct) !== 1) throw refused(layout)
  return new Hash(calls, layout, struct)
}

/** Whether the struct is one after so many bytes. A wrong count of waiting bytes would make libcrypto write past its end. */
function isAfter(position: number, state: Uint8Array, layout: Layout): boolean {
  const { words, bitsAt, waitingAt, lengthAt, digestBytes } = layout
  if (state.length !== words * 4) return false
  const struct = new Uint32Array(aligned(state).buffer)
  const bits = (BigInt(struct[bitsAt + 1] ?? 0) << 32n) | BigInt(struct[bitsAt] ?? 0)
  return (
    bits === BigInt(position) * 8n &&
    struct[waitingAt] === position % blockBytes &&
    (lengthAt === undefined || struct[lengthAt] === digestBytes)
  )
}

/** Calculates something known in pieces, going on from a copy of the state: all that is expected of the struct must hold. */
export function isProved(calls: CryptoHash, algorithm: Algorithm): boolean {
  const layout = layouts[algorithm]
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 167) & 0xff))
  const guard = 0xa5
  const room = new Uint8Array(layout.words * 4 + 256).fill(guard, layout.words * 4)
  const struct = room.subarray(0, layout.words * 4)
  if (calls.init(room) !== 1) return false
  const first = new Hash(calls, layout, struct)
  for (const [from, to] of [
    [0, 3],
    [3, 64],
    [64, 777],
  ] as const) {
    first.update(bytes.subarray(from, to))
    if (!isAfter(to, struct, layout)) return false
  }
  const second = new Hash(calls, layout, first.state())
  second.update(bytes.subarray(777))
  const wanted = (length: number): string =>
    createHash(algorithm).update(bytes.subarray(0, length)).digest('hex')
  return (
    first.digest() === wanted(777) &&
    second.digest() === wanted(1000) &&
    room.subarray(struct.length).every(byte => byte === guard)
  )
}

let proved: { readonly maker: HashMaker | undefined } | undefined

/** Undefined where libcrypto cannot be called, or is not what this file takes it for. */
export const opensslMaker = (): HashMaker | undefined => (proved ??= { maker: prove() }).maker

function prove(): HashMaker | undefined {
  const sha256 = cryptoHash('SHA256')
  const md5 = cryptoHash('MD5')
  if (!sha256 || !md5 || !isProved(sha256, 'sha256') || !isProved(md5, 'md5')) return undefined
  const calls = { sha256, md5 }
  return {
    name: `openssl-${endianness().toLowerCase()}`,
    begin: algorithm => begin(calls[algorithm], layouts[algorithm]),
    take: (algorithm, state, position) => {
      const layout = layouts[algorithm]
      return isAfter(position, state, layout) ? new Hash(calls[algorithm], layout, aligned(state)) : undefined
    },
  }
}
