/** The lock file as a file: what is written is read again, what is broken is told with its place, and who wins. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { asWritten, isOpen, type LockEntries, lockFileOf, lockKeyOf } from '../../lib/model/lock-file.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Download } from '../../lib/model/spec.ts'
import { readLockFile, writeLockFile } from '../../lib/spec/lock-file.ts'
import { withPins } from '../../lib/spec/pins.ts'
import { expectGolden } from '../rig/golden.ts'
import { parse } from './fakes.ts'

const folder = mkdtempSync(join(tmpdir(), 'groundwork-lock-file-'))
const file = join(folder, 'datasets.lock.yaml')
afterAll(() => rmSync(folder, { recursive: true }))

const [one, two] = ['1'.repeat(64), '2'.repeat(64)]
const locked = '2026-01-02T03:04:05.000Z'

test.each([
  ['datasets.yaml', 'datasets.lock.yaml'],
  ['a/b.YML', 'a/b.lock.yaml'],
  ['spec', 'spec.lock.yaml'],
])('%s is locked by %s', (spec, lock) => expect(lockFileOf(spec)).toBe(lock))

test('what is written is read again, and the order of entries plays no part', () => {
  const hex = (length: number) =>
    fc
      .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
      .map(all => all.join(''))
  const word = fc.string({ minLength: 1 }).filter(text => text.trim() !== '' && !/\p{Cc}/u.test(text))
  const entry = fc.record(
    {
      size: fc.nat(),
      sha256: hex(64),
      md5: hex(32),
      revision: hex(40),
      etag: word,
      modified: word,
      from: word,
      locked: fc.constant(locked),
    },
    { requiredKeys: ['from', 'locked'] },
  )
  const address = fc.oneof(fc.webUrl(), word)
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(address, entry), { selector: ([key]) => key }), pairs => {
      rmSync(file, { force: true })
      writeLockFile(file, new Map(pairs), { spec: 'datasets.yaml', dryRun: false })
      expect(readLockFile(file)?.entries ?? new Map()).toEqual(new Map(pairs))
      const turned: LockEntries = new Map(pairs.toReversed())
      expect(writeLockFile(file, turned, { spec: 'datasets.yaml', dryRun: false })).toBe(false)
    }),
    { numRuns: 200, seed: 3 },
  )
})

const broken: Readonly<Record<string, string>> = {
  'yaml-syntax.conflict': `version: 1
files:
<<<<<<< HEAD
  http://x/a.zip: { size: 1, from: x, locked: ${locked} }
=======
  http://x/a.zip: { size: 2, from: x, locked: ${locked} }
>>>>>>> other
`,
  'yaml-syntax.lock': 'version: 1\nfiles: {\n',
  'bad-value.version': 'version: 2\nfiles: {}\n',
  'wrong-type.lock': 'version: 1\nfiles: [http://x/a.zip]\n',
  'missing-key.lock': '# nothing\n',
  'unknown-key.lock': `version: 1
files:
  http://x/a.zip: { sizes: 1, from: x, locked: ${locked} }
  http://x/b.zip: { size: 1.5, sha256: 12, revision: main, from: x, locked: yesterday }
  http://x/b.zip: { size: 1, from: x, locked: ${locked} }
`,
}

test.each(Object.entries(broken))('%s', (name, text) => {
  writeFileSync(file, text)
  let told: unknown
  try {
    readLockFile(file)
  } catch (error) {
    told = error
  }
  if (!(told instanceof Problem)) throw new Error('expected a Problem', { cause: told })
  expectGolden(
    `lock-file/${name}`,
    JSON.parse(JSON.stringify(told.diagnostics).replaceAll(`${folder}/`, '')) as Problem['diagnostics'],
  )
})

/** The first source of a spec, with this in the lock file. */
function pinned(source: string, entry: string, key = 'http://x/a.zip'): Download {
  writeFileSync(file, `version: 1\nfiles:\n  ${key}: { ${entry}, from: x, locked: ${locked} }\n`)
  const spec = parse(`version: 1\ntargets:\n  a: { sources: [{ ${source} }] }\n`)
  const lock = readLockFile(file)
  const origin = (lock ? withPins(spec, lock) : spec).targets['a']?.sources[0]?.origin
  if (origin?.form !== 'address') throw new Error('not an address')
  return origin.download
}

test.each<[string, string, Partial<Download>]>([
  ['url: http://x/a.zip', `size: 3, sha256: ${one}`, { size: { bytes: 3, exact: true }, sha256: one }],
  ['url: http://ann:secret@x/a.zip', `sha256: ${one}`, { sha256: one }],
  ['url: http://x/a.zip, size: 3kB', 'size: 3100', { size: { bytes: 3100, exact: true } }],
  // The spec wins, and an entry that contradicts it is of another file.
  [`url: http://x/a.zip, sha256: ${two}`, `size: 3, sha256: ${one}`, { sha256: two }],
  ['url: http://x/a.zip, size: 4', `size: 3, sha256: ${one}`, { size: { bytes: 4, exact: true } }],
  ['url: http://x/a.zip, size: 3kB', `size: 9, sha256: ${one}`, { size: { bytes: 3000, exact: false } }],
  [`url: http://x/a.zip, md5: ${'a'.repeat(32)}`, `md5: ${'b'.repeat(32)}, sha256: ${one}`, {}],
  ['url: http://x/b.zip', `sha256: ${one}`, {}],
])('%s with %s', (source, entry, pins) => {
  const { sha256, size } = pinned(source, entry)
  expect({ ...(sha256 && { sha256 }), ...(size && { size }) }).toEqual(pins)
})

test('a filled download remembers what the spec says, and where the rest stands', () => {
  const source = 'url: http://x/a.zip, size: 3kB'
  const filled = pinned(source, `size: 3100, sha256: ${one}`)
  expect(filled.locked?.places).toMatchObject({ size: { line: 3, column: 27 }, sha256: { file, line: 3 } })
  expect(asWritten(filled)).toEqual(asWritten(pinned(source, 'size: 9')))
  expect(isOpen(filled)).toBe(true)
})

test('a commit stands for a branch only', () => {
  const commit = 'c'.repeat(40)
  const hub = (revision: string) => `hf://datasets/o/n@${revision}/a.zip`
  const revisionOf = (revision: string) =>
    pinned(`url: '${hub(revision)}'`, `revision: ${commit}`, hub(revision)).locked?.revision
  expect(revisionOf('main')).toBe(commit)
  expect(revisionOf('d'.repeat(40))).toBeUndefined()
})

test('parts are one file', () => {
  const parts = { url: ['http://x/a.0', 'http://x/a.1', 'http://x/a.2'] }
  expect(lockKeyOf(parts)).toMatch(/^http:\/\/x\/a\.0 and 2 more \([0-9a-f]{8}\)$/)
  expect(lockKeyOf({ url: parts.url.toReversed() })).not.toBe(lockKeyOf(parts))
})
