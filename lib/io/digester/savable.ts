/** What a digest that can be saved has to give, whoever calculates it. Types only. */

export type Algorithm = 'sha256' | 'md5'

/** One digest under way. */
export interface SavableHash {
  update(bytes: Uint8Array): void
  /** Of the bytes so far, in lower-case hex; more may follow. */
  digest(): string
  /** What `take` of the same maker goes on from. A copy. */
  state(): Uint8Array
}

/** Who calculates. The states of one are nothing to another. */
export interface HashMaker {
  /** Stands in each state; another one where the states are others. */
  readonly name: string
  begin(algorithm: Algorithm): SavableHash | Promise<SavableHash>
  /** Undefined where the state is not one of this maker after `position` bytes, as far as can be seen. */
  take(
    algorithm: Algorithm,
    state: Uint8Array,
    position: number,
  ): SavableHash | undefined | Promise<SavableHash | undefined>
}
