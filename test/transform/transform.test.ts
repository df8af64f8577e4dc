/** What becomes of records, byte for byte. */

import { expect, test } from 'vitest'
import { made, originals } from './rig.ts'

const one = async (...given: Parameters<typeof made>): Promise<string> =>
  Object.values((await made(...given)).files)[0] ?? ''
const rule = (match: string, to: string) => ({ match, to })

test('a record that does not change is copied byte for byte', async () => {
  const odd = String.raw`{"id" : 1.0e3 ,"image":"caf\u00e9 \/ \ud83d.jpg","x":[ ] , "y":-0}`
  expect(await one({}, [`[${odd} , 7,"text" ,\n${odd}]`])).toBe(`[\n${odd},\n7,\n"text",\n${odd}\n]\n`)
})

test('image paths: rules in their order, then the prefix; only these bytes change', async () => {
  const rewrite = [rule(String.raw`\.gif$`, '.jpg'), rule('^(.*)/([^/]+)$', '$2')]
  const text = String.raw`[{"image": "a/1.gif", "id":1}, {"image":["b/2.png",3,["c.gif"],{"image":"d.gif"}, "e\u002f5.gif"]}]`
  expect(await one({ rewrite, prefix: 'p"/' }, [text])).toBe(
    String.raw`[
{"image": "p\"/1.jpg", "id":1},
{"image":["p\"/2.png",3,["c.gif"],{"image":"d.gif"}, "p\"/5.jpg"]}
]
`,
  )
})

test('a prefix alone leaves the escapes of a path as they are', async () => {
  expect(
    await one({ prefix: 'é/' }, [String.raw`[{"image":"caf\u00e9.jpg"},{"image":""},{"image":null}]`]),
  ).toBe('[\n{"image":"é/caf\\u00e9.jpg"},\n{"image":""},\n{"image":null}\n]\n')
})

test('every match of a rule is replaced; a text that is no path stays', async () => {
  const rewrite = [rule('a', '$&$$')]
  const long = 'a'.repeat(1025)
  expect(await one({ rewrite }, [`[{"image":"banana"},{"image":"${long}"}]`])).toBe(
    `[\n{"image":"ba$na$na$"},\n{"image":"${long}"}\n]\n`,
  )
})

test('ids become strings of the same digits', async () => {
  const text = '[{"id":12345678901234567890,"x":{"id":1}}, {"id": -1.50 }, {"id":"7"}, {"id":null}, {"x":1}]'
  expect(await one({ castId: true }, [text])).toBe(
    '[\n{"id":"12345678901234567890","x":{"id":1}},\n{"id": "-1.50" },\n{"id":"7"},\n{"id":null},\n{"x":1}\n]\n',
  )
})

test('a record a line: line breaks between values go, those in strings never were any', async () => {
  const text =
    '[\n  {\n    "id": 1,\r\n\t"image": [\n      "a.jpg"\n    ]\n  },\n  {"text": "two\\nlines"}\n]'
  expect(await one({ format: 'jsonl', prefix: 'p/', castId: true }, [text])).toBe(
    '{"id": "1","image": ["p/a.jpg"]}\n{"text": "two\\nlines"}\n',
  )
})

test('lines become an array, and an array of none nothing', async () => {
  const lines = { originals: originals('mix.jsonl') }
  expect(await one(lines, ['{"id":1}\n\n{"id":2}'])).toBe('[\n{"id":1},\n{"id":2}\n]\n')
  expect(await one({}, ['[]'])).toBe('[]\n')
  expect(await one({ format: 'jsonl' }, [' [ ] '])).toBe('')
})

test('several become one, in their order, one of them twice', async () => {
  const merged = { isMerge: true, originals: originals('b.json', 'a.jsonl', 'b.json') }
  const text = await one({ ...merged, castId: true }, ['[{"id":1},{"id":2}]', '{"id":3}\n'])
  expect(text).toBe('[\n{"id":"1"},\n{"id":"2"},\n{"id":"3"},\n{"id":"1"},\n{"id":"2"}\n]\n')
})

test('a sample keeps the order of the file, and numbers run through what is merged', async () => {
  const record = (id: number): string => `{"id":${id}}`
  const ids = Array.from({ length: 200 }, (_, i) => i)
  const whole = await one({ sample: 20, seed: 5 }, [`[${ids.map(record).join(',')}]`])
  expect(whole.split('\n')).toHaveLength(23)
  const halves = [ids.slice(0, 77), ids.slice(77)].map(part => `[${part.map(record).join(',')}]`)
  const merged = { isMerge: true, originals: originals('a.json', 'b.json') }
  expect(await one({ ...merged, sample: 20, seed: 5 }, halves)).toBe(whole)
  const { bench } = await made({ sample: 20 }, [`[${ids.map(record).join(',')}]`])
  expect(bench.remarks).toEqual({ records: 20 })
})

test('a file for each first folder, as the paths are then', async () => {
  const text =
    '[{"image":"coco/1.jpg"},{"image":["VG/2.jpg","coco/3.jpg"]},{"id":1},{"image":"4.jpg"},{"image":"vg/5.jpg"},{"image":"/coco/6.jpg"}]'
  expect((await made({ split: true, as: 'mix.split' }, [text])).files).toEqual({
    'coco.json': '[\n{"image":"coco/1.jpg"},\n{"image":"/coco/6.jpg"}\n]\n',
    'VG.json': '[\n{"image":["VG/2.jpg","coco/3.jpg"]}\n]\n',
    '_text-only.json': '[\n{"id":1}\n]\n',
    '_no-folder.json': '[\n{"image":"4.jpg"}\n]\n',
    'vg~2.json': '[\n{"image":"vg/5.jpg"}\n]\n',
  })
  const prefixed = await made({ split: true, as: 'mix.split', prefix: 'all/', format: 'jsonl' }, [text])
  expect(Object.keys(prefixed.files)).toEqual(['all.jsonl', '_text-only.jsonl'])
})

test('folders that no disk takes as a name are written otherwise', async () => {
  const long = 'x'.repeat(300)
  const paths = ['../1.jpg', 'a\\u0000b/1.jpg', 'c:d%/1.jpg', `${long}1/1.jpg`, `${long}2/1.jpg`]
  const text = `[${paths.map(path => `{"image":"${path}"}`).join(',')}]`
  const names = Object.keys((await made({ split: true, as: 'mix.split' }, [text])).files)
  expect(names.slice(0, 3)).toEqual(['...json', 'a%00b.json', 'c%3Ad%25.json'])
  for (const name of names.slice(3)) expect(name).toMatch(/^x{160}~[0-9a-f]{16}\.json$/)
  expect(new Set(names).size).toBe(5)
})
