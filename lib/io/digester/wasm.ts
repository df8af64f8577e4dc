/** Digests in WebAssembly, for where libcrypto cannot be called: a sixth as fast. Does not know the form of a saved state. */

import type { IHasher } from 'hash-wasm'
import type { Algorithm, HashMaker, SavableHash } from './savable.ts'

class Hash implements SavableHash {
  readonly #hasher: IHasher

  constructor(hasher: IHasher) {
    this.#hasher = hasher
  }

  update(bytes: Uint8Array): void {
    this.#hasher.update(bytes)
  }

  digest(): string {
    const state = this.state()
    const digest = this.#hasher.digest('hex')
    this.#hasher.load(state)
    return digest
  }

  state(): Uint8Array {
    return this.#hasher.save()
  }
}

async function hasherOf(algorithm: Algorithm): Promise<IHasher> {
  const { createMD5, createSHA256 } = await import('hash-wasm')
  return algorithm === 'md5' ? createMD5() : createSHA256()
}

/** Its states begin with a mark of the program that made them, and it takes no others. */
export const wasmMaker: HashMaker = {
  name: 'wasm',
  begin: async algorithm => new Hash((await hasherOf(algorithm)).init()),
  take: async (algorithm, state) => {
    const hasher = await hasherOf(algorithm)
    try {
      return new Hash(hasher.load(state))
    } catch {
      return undefined
    }
  },
}
