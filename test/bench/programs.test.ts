/** What is missing is named by its package, each once. */

import { expect, test } from 'vitest'
import { howToGet } from '../../bench/programs.ts'

test.each([
  [['ninja'], 'apt-get install ninja-build'],
  [['find', 'xargs', 'sha256sum'], 'apt-get install findutils coreutils'],
  [['git'], 'apt-get install git'],
])('%j', (programs, line) => expect(howToGet(programs)).toBe(line))
