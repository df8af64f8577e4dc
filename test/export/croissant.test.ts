/**
 * `build export --format croissant`: the whole document; expanded by a JSON-LD processor against its own context; and what the
 * specification of Croissant 1.0 requires of each class.
 */

import jsonld from 'jsonld'
import { expect, test } from 'vitest'
import { ground, sha256Of } from '../rig/playground.ts'
import { type ExportWorld, exportWorld, listOf, outer, pictures, records } from './world.ts'

const base = 'https://example.org/playground/'
const cr = 'http://mlcommons.org/croissant/'
const sc = 'https://schema.org/'

interface Node {
  readonly '@id'?: string
  readonly '@type'?: string | readonly string[]
  readonly [property: string]: unknown
}

async function exported(...names: readonly string[]): Promise<ExportWorld & { readonly text: string }> {
  const world = await exportWorld()
  expect((await world.place.run('build')).codes).toEqual(['mixed-ids'])
  const { exitCode, stdout } = await world.place.text('export', ...names, '--format', 'croissant')
  expect(exitCode).toBe(0)
  return { ...world, text: stdout }
}

/** Fails where a term of the document means nothing in its context. */
const expanded = async (text: string): Promise<Node> => {
  const noNetwork = (url: string): Promise<never> => Promise.reject(new Error(`asks for ${url}`))
  const options = { base, documentLoader: noNetwork, safe: true }
  const nodes = (await jsonld.expand(JSON.parse(text) as object, options)) as unknown as readonly Node[]
  expect(nodes).toHaveLength(1)
  return nodes[0] as Node
}

/** Every object below a node that tells more than its identifier. */
function* nodesIn(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const each of value) yield* nodesIn(each)
  else if (typeof value === 'object' && value !== null) {
    if (Object.keys(value).some(key => key !== '@id' && key !== '@value' && key !== '@language'))
      yield value as Node
    for (const each of Object.values(value)) yield* nodesIn(each)
  }
}

const ofType = (dataset: Node, type: string): readonly Node[] =>
  [...nodesIn(dataset)].filter(node => [node['@type']].flat().includes(type))

const valuesOf = (node: Node, property: string): readonly unknown[] =>
  (node[property] as { '@value'?: unknown; '@id'?: string }[] | undefined)?.map(
    value => value['@value'] ?? value['@id'] ?? value,
  ) ?? []

test('the whole document', async () => {
  const { text, host } = await exported()
  const settled = text
    .replaceAll(host.url, 'http://mirror')
    .replace(sha256Of(listOf(host)), 'SHA-256 OF THE LIST')
    .replace(/"datePublished": "[-\d]{10}"/, '"datePublished": "DAY"')
  await expect(settled).toMatchFileSnapshot('../goldens/cli/croissant.json')
  expect(text).not.toMatch(/secret|abcdef/)
})

test('it means in its context what Croissant 1.0 calls these things, and has what that requires', async () => {
  const { text } = await exported()
  const dataset = await expanded(text)
  expect(dataset['@type']).toEqual([`${sc}Dataset`])
  expect(valuesOf(dataset, 'http://purl.org/dc/terms/conformsTo')).toEqual([
    'http://mlcommons.org/croissant/1.0',
  ])
  for (const property of [
    'name',
    'description',
    'license',
    'url',
    'creator',
    'datePublished',
    'distribution',
  ])
    expect(dataset, property).toHaveProperty([`${sc}${property}`])
  for (const once of ['name', 'description', 'url', 'datePublished'])
    expect(valuesOf(dataset, `${sc}${once}`), once).toHaveLength(1)

  const objects = ofType(dataset, `${cr}FileObject`)
  const sets = ofType(dataset, `${cr}FileSet`)
  expect([objects.length, sets.length]).toEqual([5, 4])
  expect(dataset[`${sc}distribution`]).toHaveLength(objects.length + sets.length)
  for (const node of objects) {
    for (const property of ['name', 'contentUrl', 'encodingFormat'])
      expect(valuesOf(node, `${sc}${property}`), property).toHaveLength(1)
    if (node[`${sc}containedIn`]) continue
    expect(valuesOf(node, `${sc}sha256`)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
    expect(valuesOf(node, `${sc}contentSize`)).toEqual([expect.stringMatching(/^\d+ B$/)])
  }
  for (const node of sets) {
    for (const property of [`${sc}name`, `${sc}encodingFormat`, `${sc}containedIn`])
      expect(valuesOf(node, property), property).toHaveLength(1)
    expect(valuesOf(node, `${cr}includes`).length).toBeGreaterThan(0)
  }
  const recordSets = ofType(dataset, `${cr}RecordSet`)
  expect(dataset[`${cr}recordSet`]).toHaveLength(1)
  expect(recordSets).toHaveLength(1)
  const fields = ofType(dataset, `${cr}Field`)
  expect(fields.map(field => valuesOf(field, `${sc}name`)[0])).toEqual([
    'id',
    'image',
    'conversations',
    'from',
    'value',
  ])
  for (const field of fields.filter(({ [`${cr}subField`]: nested }) => nested === undefined)) {
    expect(valuesOf(field, `${cr}dataType`)).toEqual([`${sc}Text`])
    const [source] = field[`${cr}source`] as [Node]
    const [extract] = source[`${cr}extract`] as [Node]
    expect(valuesOf(extract, `${cr}jsonPath`)).toEqual([expect.stringMatching(/^\$\[\*\]\./)])
  }
  expectSoundReferences(dataset)
})

/** Identifiers are given once, are IRIs below the document's, and what refers to one finds it. */
function expectSoundReferences(dataset: Node): void {
  const named = [...nodesIn(dataset)].flatMap(node => node['@id'] ?? [])
  expect(new Set(named).size).toBe(named.length)
  for (const id of named) {
    expect(URL.canParse(id) && id.startsWith(base), id).toBe(true)
    expect(decodeURIComponent(id)).not.toMatch(/[\s\\]/)
  }
  const referred = [`${sc}containedIn`, `${cr}fileObject`].flatMap(property =>
    [...nodesIn(dataset)].flatMap(node => valuesOf(node, property)),
  )
  expect(referred.length).toBeGreaterThan(0)
  for (const id of referred) expect(named).toContain(id)
  const titles = ['FileObject', 'FileSet', 'RecordSet'].flatMap(type =>
    ofType(dataset, cr + type).map(node => valuesOf(node, `${sc}name`)[0]),
  )
  expect(new Set(titles).size).toBe(titles.length)
}

test('digests and sizes are those of the files that the addresses give', async () => {
  const { text, host } = await exported()
  const { distribution } = JSON.parse(text) as { distribution: Node[] }
  const told = Object.fromEntries(
    distribution
      .filter(node => node['sha256'])
      .map(({ contentUrl, contentSize, sha256 }) => [
        String(contentUrl).replace(host.url, ''),
        [contentSize, sha256],
      ]),
  )
  const of = (bytes: Buffer) => [`${bytes.length} B`, sha256Of(bytes)]
  expect(told).toEqual({
    '/pack.zip': of(pictures),
    '/outer.zip': of(outer),
    '/notes.json?part=1': of(Buffer.from(records)),
    '/list.txt': of(Buffer.from(listOf(host))),
  })
})

test('one target bears its own name, licence and page; the same each time', async () => {
  const { text, place } = await exported('pets/images')
  expect(JSON.parse(text)).toMatchObject({
    name: 'Pictures of pets',
    license: 'https://spdx.org/licenses/CC-BY-SA-4.0',
    url: 'https://www.example.org/pets',
    creator: { '@type': 'sc:Organization', name: 'example.org', url: 'https://www.example.org' },
  })
  expect((await place.text('export', 'pets/images', '--format', 'croissant')).stdout).toBe(text)
  const listed = JSON.parse((await place.text('export', 'listed', '--format', 'croissant')).stdout) as Node
  expect(listed['license']).toEqual({ '@type': 'sc:CreativeWork', name: 'NOASSERTION' })
})

test('an archive in parts, a file of this machine, and one that a person fetches', async () => {
  const place = ground()
  place.write('a.zip.001', pictures.subarray(0, 200))
  place.write('a.zip.002', pictures.subarray(200))
  place.write('notes.json', records)
  place.write('data/.groundwork/manual/hand/hand.zip', pictures)
  place.spec(`targets:
  parts: { sources: [{ url: [a.zip.001, a.zip.002], unzip: {} }] }
  here: { sources: [{ url: notes.json, json: {} }] }
  hand: { sources: [{ manual: Fetch https://shop.example/pets?token=abcdef with a browser., unzip: {} }] }
`)
  expect((await place.run('build')).codes).toEqual(['mixed-ids'])
  const { stdout } = await place.text('export', '--format', 'croissant')
  expectSoundReferences(await expanded(stdout))
  const { distribution } = JSON.parse(stdout) as { distribution: Node[] }
  const objects = distribution.filter(node => node['@type'] === 'cr:FileObject')
  expect(
    objects.map(node => [node['@id'], node['contentUrl'], node['contentSize'], node['containedIn']]),
  ).toEqual([
    ['archives/a.zip.001', '../a.zip.001', '200 B', undefined],
    ['archives/a.zip.002', '../a.zip.002', '320 B', undefined],
    ['archives/a.zip', 'a.zip', '520 B', [{ '@id': 'archives/a.zip.001' }, { '@id': 'archives/a.zip.002' }]],
    ['here/notes.json', 'here/notes.json', '124 B', undefined],
    ['archives/hand.zip', 'hand.zip', '520 B', undefined],
  ])
  expect(objects.at(-1)).toMatchObject({
    description: 'Fetch https://shop.example/pets?token=*** with a browser.',
    sha256: sha256Of(pictures),
  })
})
