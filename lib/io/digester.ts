/**
 * Hashes bytes as they pass, can be asked at any time for the digests so far, and can be saved and taken up again by
 * another process: bytes that were hashed once need not be there any more. Reads no file; lib/io/digest.ts does.
 */

import type { Digests } from './digest.ts'
import { opensslMaker } from './digester/openssl.ts'
import type { HashMaker, SavableHash } from './digester/savable.ts'
import { readState, writeState } from './digester/state.ts'
import { wasmMaker } from './digester/wasm.ts'

/** MD5 is half as fast, and only there where it was asked for. */
export interface DigesterOptions {
  readonly md5: boolean
  /** Who may calculate, the fastest first. */
  readonly makers?: readonly HashMaker[]
}

const makersHere = (): readonly HashMaker[] => {
  const openssl = opensslMaker()
  return openssl ? [openssl, wasmMaker] : [wasmMaker]
}

export class Digester {
  readonly #maker: HashMaker
  readonly #sha256: SavableHash
  readonly #md5: SavableHash | undefined
  #position: number

  private constructor(
    maker: HashMaker,
    position: number,
    hashes: { readonly sha256: SavableHash; readonly md5: SavableHash | undefined },
  ) {
    this.#maker = maker
    this.#position = position
    this.#sha256 = hashes.sha256
    this.#md5 = hashes.md5
  }

  static async begin({ md5, makers = makersHere() }: DigesterOptions): Promise<Digester> {
    const [maker = wasmMaker] = makers
    return new Digester(maker, 0, {
      sha256: await maker.begin('sha256'),
      md5: md5 ? await maker.begin('md5') : undefined,
    })
  }

  /** Undefined where nobody here can go on from the state: it is torn, of another kind, or lacks a digest. */
  static async from(
    text: string,
    { md5: isMd5Wanted, makers = makersHere() }: DigesterOptions,
  ): Promise<Digester | undefined> {
    const state = readState(text)
    const maker = state && makers.find(({ name }) => name === state.maker)
    if (!state || !maker) return undefined
    const { position, hashes } = state
    const sha256 = hashes.sha256 && (await maker.take('sha256', hashes.sha256, position))
    const md5 = isMd5Wanted && hashes.md5 ? await maker.take('md5', hashes.md5, position) : undefined
    if (!sha256 || (isMd5Wanted && !md5)) return undefined
    return new Digester(maker, position, { sha256, md5 })
  }

  /** Bytes so far. */
  get position(): number {
    return this.#position
  }

  update(bytes: Uint8Array): void {
    this.#sha256.update(bytes)
    this.#md5?.update(bytes)
    this.#position += bytes.length
  }

  /** Of the bytes so far; more may follow. */
  digests(): Digests {
    const sha256 = this.#sha256.digest()
    return this.#md5 ? { sha256, md5: this.#md5.digest() } : { sha256 }
  }

  /** What `from` goes on from: one line, of some 300 characters. */
  state(): string {
    return writeState({
      maker: this.#maker.name,
      position: this.#position,
      hashes: { sha256: this.#sha256.state(), md5: this.#md5?.state() },
    })
  }
}
