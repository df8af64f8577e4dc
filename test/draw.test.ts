/** How a diagnostic looks: the five parts, the underline, 100 columns, nothing secret and nothing that moves a cursor. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../lib/model/problem.ts'
import { redact } from '../lib/model/redact.ts'
import { drawDiagnostic } from '../lib/report/draw.ts'
import { columns } from '../lib/report/text.ts'
import { expectGolden } from './rig/golden.ts'

const place = { file: 'datasets.yaml', line: 31, column: 15, length: 6 }

const houseExample: Diagnostic = {
  severity: 'error',
  code: 'digest-mismatch',
  subject: 'gqa/images: download',
  message: 'images.zip is not the file that the spec describes.',
  evidence: [
    { label: 'wanted', text: 'sha256 02ce5c49…de62', from: place },
    { label: 'found', text: 'sha256 4b17d0aa…93c2', from: '20.3 GB, whole, from downloads.cs.stanford.edu' },
  ],
  disk: 'Nothing was placed. The next mirror is tried.',
  next: 'if the publisher replaced the file, put the found digest into the spec; if not, remove that mirror.',
}

test('the example of the house, letter by letter', () => {
  expect(drawDiagnostic(houseExample, { width: 110 })).toBe(`error[digest-mismatch] gqa/images: download
  images.zip is not the file that the spec describes.
    wanted  sha256 02ce5c49…de62   datasets.yaml:31:15
    found   sha256 4b17d0aa…93c2   20.3 GB, whole, from downloads.cs.stanford.edu
  Nothing was placed. The next mirror is tried.
  Next: if the publisher replaced the file, put the found digest into the spec; if not, remove that mirror.`)
})

describe('goldens', () => {
  const long = `https://example.org/${'very-long-name/'.repeat(12)}images.zip`
  const cases: Record<string, Diagnostic> = {
    'digest-mismatch': houseExample,
    place: {
      severity: 'error',
      code: 'unknown-key',
      message: '"sorces" is not a key of "coco/train2017".',
      place: { ...place, line: 12, column: 5, length: 6 },
      excerpt: '    sorces:',
      evidence: [{ label: 'allowed', text: 'title, sources' }],
      next: 'did you mean "sources"?',
    },
    'place-and-subject': {
      severity: 'warning',
      code: 'wrong-root',
      subject: 'gqa/images: unzip',
      message: 'No entry lies below images/.',
      place,
      excerpt: '      unzip: {root: images}',
    },
    'long-excerpt': {
      severity: 'error',
      code: 'bad-address',
      message: 'This address is wrong.',
      place: { ...place, column: 160, length: 40 },
      excerpt: `      - url: ${long}${long}`,
    },
    'long-evidence': {
      severity: 'note',
      code: 'not-found',
      message: `The file was moved from ${long} by its publisher, who left no forwarding address.`,
      evidence: [
        { label: 'asked', text: long, from: 'a mirror' },
        { label: 'also', text: 'short', from: place },
        {
          label: 'roots',
          text: 'data/web-celebrity/images, data/web-landmark/images, data/wikiart/images, data/others',
        },
      ],
    },
    'wide-letters': {
      severity: 'error',
      code: 'bad-value',
      message: 'Wide letters and marks on letters keep the underline in its place.',
      place: { ...place, column: 15, length: 5 },
      excerpt: 'title: 图像 e\u0301 😀 wrong',
    },
    'control-characters': {
      severity: 'error',
      code: 'entry-bad-name',
      subject: 'a\u001b[2Jb',
      message: 'The entry "a\u0007\u202egpj.exe\r\n" cannot be a file name.',
      place: { ...place, column: 4, length: 3 },
      excerpt: '\t\u0000 key\u009b',
    },
    secrets: {
      severity: 'error',
      code: 'unauthorized',
      message: 'https://me:hunter2@example.org/a.zip?token=abc&x=1 was refused for hf_abcdefghijklmnop.',
      place: { ...place, column: 53, length: 3 },
      excerpt: '  url: https://me:hunter2@example.org/a.zip?token=x#end',
      evidence: [
        {
          label: 'asked',
          text: 'https://cdn.example.org/a?X-Amz-Signature=0a1b2c&Policy=eyJ',
          from: 'ftp://a:b@c',
        },
      ],
      disk: 'Kept: https://me:hunter2@example.org/part.',
      next: 'ask again with Authorization: Bearer abcdefgh12345678.',
    },
  }
  test.each(Object.entries(cases))('%s', (name, diagnostic) => expectGolden(`draw/${name}`, [diagnostic]))

  test('no secret is left anywhere', () => {
    const drawn = drawDiagnostic(cases['secrets'] as Diagnostic)
    for (const secret of ['hunter2', 'abc&', '0a1b2c', 'eyJ', 'abcdefgh', 'a:b'])
      expect(drawn).not.toContain(secret)
  })
})

test.each([
  ['hf://datasets/OWNER/NAME@REVISION/a.zip', 'hf://datasets/OWNER/NAME@REVISION/a.zip'],
  ['https://example.org/a@b?x=1', 'https://example.org/a@b?x=1'],
  ['https://u:p@h/?a=1&Signature=s%3D&b=2', 'https://***@h/?a=1&Signature=***&b=2'],
  ['a token of thanks, a signature', 'a token of thanks, a signature'],
])('%s without secrets', (text, safe) => expect(redact(text)).toBe(safe))

test('colour only when asked for, and the same text without it', () => {
  const diagnostic: Diagnostic = { ...houseExample, place, excerpt: '        sha256: 02ce5c49' }
  const colored = drawDiagnostic(diagnostic, { color: true })
  expect(colored).toContain('\x1b[1;31merror[digest-mismatch]\x1b[')
  expect(colored).toContain('\x1b[1;31m~~~~~~\x1b[')
  // oxlint-disable-next-line no-control-regex -- escape sequences are what this removes
  expect(colored.replace(/\x1b\[[0-9;]*m/g, '')).toBe(drawDiagnostic(diagnostic))
})

test('never wider than asked, never a control character, whatever is told', () => {
  const text = fc.string({ unit: 'binary', maxLength: 150 })
  const from = fc.option(fc.oneof(text, fc.constant(place)), { nil: undefined })
  const evidence = fc.record(
    { label: fc.constantFrom('wanted', 'found', 'roots'), text, from },
    { requiredKeys: ['label', 'text'] },
  )
  const diagnostics = fc.record({
    message: text,
    subject: text,
    excerpt: text,
    column: fc.integer({ min: 1, max: 160 }),
    evidence: fc.array(evidence, { maxLength: 3 }),
    next: text,
    disk: text,
  })
  fc.assert(
    fc.property(diagnostics, fc.integer({ min: 40, max: 120 }), ({ column, ...parts }, width) => {
      const diagnostic = {
        severity: 'error',
        code: 'bug',
        place: { ...place, column },
        ...parts,
      } as Diagnostic
      for (const line of drawDiagnostic(diagnostic, { width }).split('\n')) {
        expect(columns(line)).toBeLessThanOrEqual(width)
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}]/u)
      }
    }),
    { numRuns: 300, seed: 1 },
  )
})
