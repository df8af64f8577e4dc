/** The JSON checker against JSON.parse, at every border of chunks. */

import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { borders, type Outcome, outcomeOf } from './chunks.ts'

/** What JSON.parse says of the bytes. It never sees bytes that are not UTF-8. */
function parsed(bytes: Buffer): Outcome {
  try {
    if (!isUtf8(bytes)) throw new SyntaxError('not UTF-8')
    const value: unknown = JSON.parse(bytes.toString())
    const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
    return { valid: true, type, records: type === 'array' || type === 'object' ? membersOf(bytes, value) : 0 }
  } catch {
    return { valid: false, evidence: [], message: '' }
  }
}

/** Of an object with one key twice, JSON.parse keeps one member; as a list of its members it keeps all. */
function membersOf(bytes: Buffer, value: unknown): number {
  const keys = Object.keys(value as object).length
  if (Array.isArray(value)) return keys
  let depth = 0
  let commas = 0
  for (const [token] of bytes.toString().matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/gs)) {
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    else if (token === ',' && depth === 1) commas += 1
  }
  return keys === 0 ? 0 : commas + 1
}

const expectAgreement = async (bytes: Buffer, borders: readonly number[]): Promise<void> => {
  const [ours, theirs] = [await outcomeOf(bytes, borders), parsed(bytes)]
  expect(ours.valid ? ours : { valid: false }, bytes.toString('latin1')).toEqual(
    theirs.valid ? theirs : { valid: false },
  )
}

const jsonText = fc.oneof(
  fc.json({ stringUnit: 'binary' }),
  fc.jsonValue({ maxDepth: 4 }).map(value => JSON.stringify(value, undefined, '\t')),
  fc.double().map(String),
  fc.string({ unit: fc.constantFrom('"', '\\', 'u', 'd', '8', '0', 'n', 'x', 'é') }).map(body => `"${body}"`),
)
const edit = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 3 }),
  insert: fc.oneof(
    fc.constantFrom(
      '',
      ',',
      ':',
      '"',
      '\\',
      '[',
      ']',
      '{',
      '}',
      '0',
      '-',
      '.',
      'e',
      ' ',
      '\n',
      '\t',
      'null',
      '\ufeff',
    ),
    fc.string({ unit: 'binary', maxLength: 2 }),
  ),
})

describe('agrees with JSON.parse', () => {
  test('on texts that are JSON', () =>
    fc.assert(fc.asyncProperty(jsonText, borders, (text, at) => expectAgreement(Buffer.from(text), at))))

  test('on texts with a slip', () =>
    fc.assert(
      fc.asyncProperty(jsonText, edit, borders, (text, { at, remove, insert }, cuts) => {
        const i = at % (text.length + 1)
        return expectAgreement(Buffer.from(text.slice(0, i) + insert + text.slice(i + remove)), cuts)
      }),
      { numRuns: 2000 },
    ))

  test('on the short words of its grammar', () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(...Array.from('[]{},:"01-+.eE \\utrfalsn')), maxLength: 9 }),
        text => expectAgreement(Buffer.from(text), []),
      ),
      { numRuns: 5000 },
    ))

  test('on bytes inside a string', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(fc.constantFrom(0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x80, 0x9f, 0xa0, 0xbf), fc.nat(255)),
          {
            maxLength: 5,
          },
        ),
        borders,
        (inside, cuts) => expectAgreement(Buffer.from([0x22, ...inside, 0x22]), cuts),
      ),
      { numRuns: 5000 },
    ))
})

/** The edges of the grammar, written down: a property might miss one. */
const edges = [
  ...['0', '-0', '10', '1.5', '1e5', '1E+5', '0e-0', '-1.0e1'],
  ...['', '-', '+1', '01', '-01', '1.', '.5', '1.e5', '1e', '1e+', '1e5.0', '0x1', '1_0', 'Infinity'],
  ...['[]', '{}', '[[]]', '[1,]', '[,1]', '[', ']', '[}', '{]', '[1 2]', '[1:2]', '[] []'],
  ...['{"a":1,}', '{,}', '{"a"}', '{"a":}', '{"a" 1}', '{a:1}', '{1:1}', '{"a":1 "b":2}', '{"a":1]'],
  ...[
    'true',
    'tru',
    'truex',
    'True',
    'nul',
    'nulll',
    'false ',
    '\ttrue\r\n',
    '\vtrue',
    '\u00a0true',
    '\ufefftrue',
  ],
  ...[
    '"\\a"',
    '"\\u12"',
    '"\\uD834\\udd1e"',
    '"\\udd1e"',
    '"\\U0041"',
    '"\t"',
    '"\x7f"',
    '"\x1f"',
    '"\u2028"',
    "'a'",
    '"a',
  ],
].map(text => Buffer.from(text))
const characters = [
  '7f',
  '80',
  'c080',
  'c1bf',
  'c280',
  'dfbf',
  'df',
  'e09fbf',
  'e0a080',
  'ed9fbf',
  'eda080',
  'edbfbf',
  'ee8080',
]
  .concat(['efbfbf', 'f08fbfbf', 'f0908080', 'f48fbfbf', 'f4908080', 'f5808080', 'ff', 'e2822c', 'c3c3'])
  .map(hex => Buffer.from(`22${hex}22`, 'hex'))

test.each([...edges, ...characters].map(bytes => [bytes.toString('latin1'), bytes] as const))(
  'agrees with JSON.parse on %j',
  (_, bytes) => expectAgreement(bytes, []),
)

const samples = [
  '[{"id": "1", "image": "a/\\u00e9\\n.jpg", "conversations": [{"from": "human", "value": "<image>\\n𝕏 é 汉"}]}]',
  ' {"a": [1, -0.5e+10, 2E-3, true, false, null, {}, []]}\n',
  '-12.75e3',
  '["\\ud83d\\ude00", "\\ud800", "\\"\\\\\\/\\b\\f\\r\\t"]',
  '[{"é": "汉字" "x"}]',
  '[1, 2,, 3]',
  '[{"a": 1},\n {"b": tru}]',
  '["abc\n"]',
  '["\\u12g4"]',
]

describe('does not care where a chunk ends', () => {
  test.each(samples)('%s', async text => {
    const bytes = Buffer.from(text)
    const whole = await outcomeOf(bytes)
    const everywhere = Array.from({ length: bytes.length }, (_, i) => i)
    for (const border of everywhere) expect(await outcomeOf(bytes, [border])).toEqual(whole)
    expect(await outcomeOf(bytes, everywhere)).toEqual(whole)
  })
})

describe('the place of a mistake', () => {
  test('counts lines and UTF-16 units as editors do', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }),
        fc.constantFrom('', '\n', '\r\n  ', '\n\n\t'),
        borders,
        async (words, space, cuts) => {
          const before = `[${words.map(word => JSON.stringify(word) + space).join(',')}${space}`
          const outcome = await outcomeOf(Buffer.from(`${before};`), cuts)
          const lines = before.split('\n')
          expect(outcome).toMatchObject({
            valid: false,
            evidence: [
              {},
              { from: { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 } },
              { text: expect.stringMatching(`byte ${Buffer.byteLength(before).toLocaleString('en-US')}$`) },
            ],
          })
        },
      ),
    ))

  test('in a long line, wherever its characters lie', () => {
    const characters = fc.array(fc.tuple(fc.nat({ max: 9000 }), fc.constantFrom('é', '汉', '𝕏')), {
      maxLength: 8,
    })
    return fc.assert(
      fc.asyncProperty(characters, fc.nat({ max: 9000 }), borders, async (parts, rest, cuts) => {
        const text = parts.map(([letters, character]) => 'a'.repeat(letters) + character).join('')
        const before = `["${text}${'a'.repeat(rest)}"`
        expect(await outcomeOf(Buffer.from(`${before};`), cuts)).toMatchObject({
          evidence: [{}, { from: { line: 1, column: before.length + 1 } }, {}],
        })
      }),
    )
  })

  test('a cut file is told by where it ends', async () => {
    const text = '[{"image": "a.jpg", "n": 12}, {"image": "b.jpg"}]'
    const messages = new Set<string>()
    for (let end = 0; end < text.length; end += 1) {
      const outcome = await outcomeOf(Buffer.from(text.slice(0, end)))
      messages.add(outcome.valid ? 'valid' : outcome.message)
    }
    expect([...messages]).toEqual([
      'The text is empty.',
      'The text ends too early.',
      'The text ends inside record 1.',
      'The text ends after record 1, before its array does.',
      'The text ends inside record 2.',
      'The text ends after record 2, before its array does.',
    ])
  })
})

test('brackets are followed 10,000 deep, and not deeper', async () => {
  const nested = (depth: number): Buffer => Buffer.from('['.repeat(depth) + ']'.repeat(depth))
  expect(await outcomeOf(nested(10_000))).toEqual({ valid: true, type: 'array', records: 1 })
  expect(await outcomeOf(nested(10_001))).toMatchObject({ valid: false })
})
