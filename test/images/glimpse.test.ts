/** Looks at a file that lies on disk: the same bytes as in memory, in any order of asking. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { glimpseOf } from '../../lib/io/glimpse.ts'

function fileOf(bytes: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-glimpse-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'file')
  writeFileSync(path, bytes)
  return path
}

test.each([0, 1, 4095, 4096, 4097, 30_000])('of %i bytes', size => {
  const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) % 256))
  const path = fileOf(bytes)
  const asked = fc.tuple(fc.nat(size + 10), fc.constantFrom(1, 2, 4, 12, 512, 4096, 9000))
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 20 }), wishes =>
      glimpseOf(path, size, file => {
        expect(file.bytes).toBe(size)
        for (const [from, length] of wishes)
          expect(file.at(from, length).equals(bytes.subarray(from, from + length))).toBe(true)
      }),
    ),
  )
})

test('a file that is shorter than recorded ends where it ends, and no number is too large to ask for', () => {
  const path = fileOf(Buffer.alloc(5000, 1))
  glimpseOf(path, 10_000, file => {
    expect(file.at(4990, 100)).toHaveLength(10)
    expect(file.at(9000, 4)).toHaveLength(0)
    expect(file.at(2 ** 63, 4)).toHaveLength(0)
  })
})
