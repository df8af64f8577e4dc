/** Paths and files that get new names. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import fc from 'fast-check'

const segment = fc.string({
  unit: fc.constantFrom('a', 'B', '.', 'é', '-', '{', '}', '$', '&'),
  minLength: 1,
  maxLength: 5,
})
/** Below a folder. */
export const path = fc
  .array(
    segment.filter(part => part !== '.' && part !== '..'),
    { minLength: 1, maxLength: 4 },
  )
  .map(parts => parts.join('/'))

export function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}
