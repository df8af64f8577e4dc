/** Whatever the file holds: a Spec or a Problem, and every place points at the text that it names. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { drawDiagnostic } from '../../lib/report/draw.ts'
import { example } from './example.ts'
import { mistakes, parse } from './fakes.ts'

/** Words that mean something to a spec or to YAML, so that garbage comes near to sense. */
const words = [
  'version 1 root archives keep hosts groups downloads targets sources url mirrors sha256 size unzip urls fill manual',
  'rename match to expect files &a *a << !!str | > { } [ ] , " \' # --- ... % ../x / {0..3} https:// hf:// a/b ~ null true',
  'https://%zz/%zz file:% http://[ __proto__ constructor 1e9 😀 \u0000 \uFEFF \ud800 \t \n \r\n',
]
  .flatMap(line => line.split(' '))
  .concat(': ', '- ', '? ', '\n  ')

const garbage = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 60 })
  .map(parts => parts.join(''))

/** The example with pieces cut out, doubled or replaced. */
const damaged = fc
  .array(fc.tuple(fc.nat(example.length), fc.nat(30), fc.constantFrom('', ...words)), {
    minLength: 1,
    maxLength: 4,
  })
  .map(edits =>
    edits.reduce((text, [at, length, word]) => text.slice(0, at) + word + text.slice(at + length), example),
  )

const tree = fc
  .letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(...words),
      fc.integer(),
      fc.constant(null),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('value'), { maxLength: 3 }),
    map: fc.dictionary(fc.constantFrom(...words), tie('value'), { maxKeys: 5 }),
  }))
  .map.map(value => stringify(value))

describe('never anything but a Problem, with places in the text', () => {
  test.each([
    ['garbage', garbage],
    ['damaged specs', damaged],
    ['trees', tree],
  ])('%s', (_, texts) => {
    fc.assert(
      fc.property(texts, yaml => {
        const lines = yaml.replace(/^\uFEFF/, '').split('\n')
        for (const diagnostic of mistakes(yaml)) {
          const { place, excerpt, message } = diagnostic
          expect(message).toMatch(/[.?]$/)
          const line = lines[(place?.line ?? 0) - 1]?.replace(/\r$/, '') ?? ''
          // Stars stand for what nobody may see.
          expect(excerpt).toBe(
            line.replaceAll(/[^]/g, (letter, at) => (excerpt?.[at] === '*' ? '*' : letter)),
          )
          expect(place?.column).toBeLessThanOrEqual((excerpt?.length ?? 0) + 1)
          for (const line of drawDiagnostic(diagnostic).split('\n')) expect(line).not.toMatch(/\p{Cc}/u)
        }
      }),
      { numRuns: 150, seed: 1 },
    )
  })
})

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/).map(text => `t-${text}`)
const files = fc.record({ url: name, size: fc.nat(), unzip: fc.record({ root: name }) })
const target = fc.record({
  title: name,
  sources: fc.array(files, { minLength: 1, maxLength: 3 }),
  expect: fc.record({ files: fc.nat() }),
})
const specs = fc.record({
  version: fc.constant(1),
  root: name,
  targets: fc.dictionary(name, target, { maxKeys: 4 }),
})

test('every place points at the text that it names', () => {
  fc.assert(
    fc.property(specs, fc.constantFrom(0, 20, 80), fc.constantFrom('\n', '\r\n'), (value, flow, ending) => {
      const yaml = stringify(value, {
        collectionStyle: flow === 0 ? 'block' : flow === 20 ? 'flow' : 'any',
        lineWidth: 0,
      })
      const lines = yaml.replaceAll('\n', ending).split(ending)
      const { places } = parse(yaml.replaceAll('\n', ending))
      for (const [pointer, [line, column, length]] of Object.entries(places)) {
        const keys = pointer.split('/')
        const named = keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value)
        const text = lines[line - 1]?.slice(column - 1, column - 1 + length)
        const firstKey = typeof named === 'object' && named !== null ? Object.keys(named)[0] : undefined
        const isItem = /^\d+$/.test(keys.at(-1) ?? '')
        expect(text).toBe(
          typeof named === 'object' ? (isItem ? firstKey : keys.at(-1)) : `${named as string | number}`,
        )
      }
      expect(Object.keys(places).length).toBeGreaterThan(2)
    }),
    { numRuns: 100, seed: 1 },
  )
})
