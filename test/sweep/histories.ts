/** Plays histories on one world: those that once went wrong, and random ones, the same for the same seed. */

import fc from 'fast-check'
import { type Act, history } from './acts.ts'
import { Builder } from './builder.ts'
import { type CleanTrees, Play } from './forever.ts'
import { makeWorld } from './world.ts'

export interface Histories {
  play(acts: readonly Act[]): Promise<void>
  /** Shrinks one that goes wrong. */
  playRandom(options: { readonly seed: number; readonly numRuns: number }): Promise<void>
  close(): Promise<void>
}

export async function openHistories(): Promise<Histories> {
  const world = await makeWorld()
  const builder = new Builder()
  const clean: CleanTrees = new Map()
  const play = (acts: readonly Act[]): Promise<void> => new Play(world, builder, clean).play(acts)
  return {
    play,
    playRandom: options => fc.assert(fc.asyncProperty(history, play), options),
    async close() {
      builder.close()
      await world.close()
    },
  }
}
