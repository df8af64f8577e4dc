/** A small archive that tests make right and wrong, and what is read of it. */

import { type Problem, Problem as ProblemClass } from '../../lib/model/problem.ts'
import { extraField, type ZipPart } from '../rig/zips.ts'
import { contents, inMemory } from './rig.ts'

export const cat: ZipPart = { name: 'cats/1.jpg', content: 'meow '.repeat(100), method: 8 }
export const dog: ZipPart = { name: 'dogs/2.jpg', content: 'woof' }
export const packed = new Map([
  ['cats/1.jpg', 'meow '.repeat(100)],
  ['dogs/2.jpg', 'woof'],
])

export async function texts(zip: Buffer): Promise<ReadonlyMap<string, string>> {
  const files = await contents(inMemory(zip))
  return new Map([...files].map(([path, bytes]) => [path, bytes.toString()]))
}

export async function problemOf(zip: Buffer): Promise<Problem> {
  const outcome = await contents(inMemory(zip)).catch((error: unknown) => error)
  if (outcome instanceof ProblemClass) return outcome
  throw new Error('was read without a problem', { cause: outcome })
}

/** Sizes as the ZIP64 field of a local header has them: unpacked, packed. */
export const localZip64 = (...sizes: readonly bigint[] | readonly number[]): Buffer =>
  extraField(1, Buffer.from(new BigUint64Array(sizes.map(BigInt)).buffer))
