/**
 * Any records, any spacing, any escapes, read in pieces of any size: the result is, byte for byte, what a model of text pieces
 * says. The model builds each record from the texts of its members; it parses nothing and writes no value.
 */

import type * as promises from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { TransformParams } from '../../tasks/transform/params.ts'
import { made, originals } from './rig.ts'

/** Bytes that each read gives at most. */
let most = Number.POSITIVE_INFINITY

vi.mock('node:fs/promises', async importOriginal => {
  const real = await importOriginal<typeof promises>()
  const open = async (...given: Parameters<typeof real.open>) => {
    const file = await real.open(...given)
    return {
      read: (buffer: Buffer, offset: number, length: number, position: number | null) =>
        file.read(buffer, offset, Math.min(length, most), position),
      close: () => file.close(),
    }
  }
  return { ...real, default: { ...real, open }, open }
})

/** One text as it is written, and as it means. */
interface Text {
  readonly raw: string
  readonly means: string
}

const letter: fc.Arbitrary<Text> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('a', 'b', '/', '.', 'é', '中', '😀', ' ')
      .map(means => ({ raw: means, means })),
  },
  fc.constant({ raw: '\\u00e9', means: 'é' }),
  fc.constant({ raw: '\\/', means: '/' }),
  fc.constant({ raw: '\\n', means: '\n' }),
  fc.constant({ raw: '\\"', means: '"' }),
  fc.constant({ raw: '\\ud83d\\ude00', means: '😀' }),
)
const text: fc.Arbitrary<Text> = fc.array(letter, { maxLength: 8 }).map(letters => ({
  raw: letters.map(({ raw }) => raw).join(''),
  means: letters.map(({ means }) => means).join(''),
}))
const blank = fc.constantFrom('', '', ' ', '\n', '\r\n\t', '  \n  ')

/** Pieces of JSON: what stands between values, what never changes, a path, a number that is an id. */
type Piece =
  | { readonly form: 'blank' | 'fixed' | 'id'; readonly raw: string }
  | { readonly form: 'path'; readonly path: Text }

const space: fc.Arbitrary<Piece> = blank.map(raw => ({ form: 'blank', raw }))
const fixed = (raw: string): Piece => ({ form: 'fixed', raw })
const path: fc.Arbitrary<Piece> = text.map(each => ({ form: 'path', path: each }))
const noText = fc
  .constantFrom('null', 'true', '-1.5e3', '[]', '{"image":"a.b","id":7}', '[{"id":1}]', '["x.b"]')
  .map(fixed)
const other = fc.oneof(
  noText,
  text.map(({ raw }) => fixed(`"${raw}"`)),
)
const number = fc.constantFrom('0', '-7', '12345678901234567890', '1.0', '2E+5')
const id: fc.Arbitrary<Piece> = fc.oneof(
  number.map((raw): Piece => ({ form: 'id', raw })),
  fc.constantFrom('null', 'true', '"7"', '{"id":7}', '[7]').map(fixed),
)
const paths = fc
  .array(fc.tuple(space, fc.oneof(path, noText), space), { minLength: 1, maxLength: 3 })
  .map(items => [
    fixed('['),
    ...items.flatMap((item, i) => (i === 0 ? item : [fixed(','), ...item])),
    fixed(']'),
  ])
const image: fc.Arbitrary<readonly Piece[]> = fc.oneof(
  path.map(each => [each]),
  paths,
  fc
    .constantFrom('null', '7', '{"image":"a.b"}')
    .map(fixed)
    .map(each => [each]),
)

const member = (key: string, value: fc.Arbitrary<readonly Piece[]>) =>
  fc
    .tuple(space, space, space, value, space)
    .map(([a, b, c, pieces, d]) => [a, fixed(`"${key}"`), b, fixed(':'), c, ...pieces, d])
const record = fc
  .tuple(
    fc.option(
      member(
        'id',
        id.map(each => [each]),
      ),
      { nil: undefined },
    ),
    fc.option(member('image', image), { nil: undefined }),
    fc.option(
      member(
        'x',
        other.map(each => [each]),
      ),
      { nil: undefined },
    ),
    fc.constantFrom([0, 1, 2], [2, 1, 0], [1, 0, 2]),
  )
  .map(([one, two, three, order]) => {
    const members = order.flatMap(i => {
      const found = [one, two, three][i]
      return found ? [found] : []
    })
    return [
      fixed('{'),
      ...members.flatMap((pieces, i) => (i === 0 ? pieces : [fixed(','), ...pieces])),
      fixed('}'),
    ]
  })
const element: fc.Arbitrary<readonly Piece[]> = fc.oneof(
  { weight: 9, arbitrary: record },
  fc.constantFrom('null', '-7', '"a.b"', '[{"id":1}]').map(raw => [fixed(raw)]),
)

const written = (pieces: readonly Piece[]): string =>
  pieces.map(piece => (piece.form === 'path' ? `"${piece.path.raw}"` : piece.raw)).join('')

type Asked = Pick<TransformParams, 'rewrite' | 'prefix' | 'castId' | 'format'>

/** The rule of the model: each `.b` becomes `<>`. */
const rewrite = [{ match: String.raw`\.b`, to: '<>' }]

function expected(pieces: readonly Piece[], { rewrite: rules, prefix, castId, format }: Asked): string {
  return pieces
    .map(piece => {
      switch (piece.form) {
        case 'fixed':
          return piece.raw
        case 'blank':
          return format === 'jsonl' ? piece.raw.replace(/[\r\n][\s]*/, '') : piece.raw
        case 'id':
          return castId ? `"${piece.raw}"` : piece.raw
        case 'path': {
          const { raw, means } = piece.path
          if (means === '') return '""'
          if (rules.length === 0 || !means.includes('.b')) return `"${prefix}${raw}"`
          const now = means.replaceAll('.b', '<>')
          return `"${prefix}${now.replace(/["\n]/g, found => (found === '"' ? '\\"' : '\\n'))}"`
        }
      }
    })
    .join('')
}

const asked: fc.Arbitrary<Asked> = fc.record({
  rewrite: fc.constantFrom([], rewrite),
  prefix: fc.constantFrom('', 'p/é/'),
  castId: fc.boolean(),
  format: fc.constantFrom('json', 'jsonl'),
})

test('the result is what the model says, whatever the pieces that are read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(space, element, space), { maxLength: 6 }),
      asked,
      fc.constantFrom(1, 2, 3, 7, 64, Number.POSITIVE_INFINITY),
      async (elements, wanted, piece) => {
        most = piece
        const whole = `[${elements.map(([a, pieces, b]) => written([a, ...pieces, b])).join(',')}]`
        const { files } = await made({ ...wanted, originals: originals('mix.json') }, [whole])
        const records = elements.map(([, pieces]) => expected(pieces, wanted))
        const json = records.length === 0 ? '[]\n' : `[\n${records.join(',\n')}\n]\n`
        const lines = records.map(each => `${each}\n`).join('')
        expect(Object.values(files)).toEqual([wanted.format === 'json' ? json : lines])
        // Still JSON, each record by itself.
        for (const each of records) expect(() => JSON.parse(each)).not.toThrow()
      },
    ),
    { seed: 20_261_125, numRuns: 300 },
  )
})

test('a sample and a split are the same, whatever the pieces that are read', async () => {
  const folders = ['coco', 'vg', 'gqa']
  const text = Array.from({ length: 400 }, (_, i) => `{"id":${i},"image":"${folders[i % 3]}/${i}.jpg"}`).join(
    '\n',
  )
  const wanted = { sample: 50, seed: 9, split: true, as: 'mix.split', originals: originals('mix.jsonl') }
  const results = []
  for (const piece of [1, 13, 4096, Number.POSITIVE_INFINITY]) {
    most = piece
    results.push((await made(wanted, [text])).files)
  }
  expect(Object.keys(results[0] ?? {})).toHaveLength(3)
  for (const result of results) expect(result).toEqual(results[0])
})
