/** Files of one JSON value a line, as a program that reads them has them. */

import { readFileSync } from 'node:fs'

export const rowsIn = (file: string): readonly Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
