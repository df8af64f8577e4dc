/** The checker and the JSON Schema come from one grammar: what one refuses for its shape, the other refuses too. */

import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { reservedWords } from '../../lib/model/verbs.ts'
import { schemaOf } from '../../lib/spec/schema.ts'
import { example } from './example.ts'
import { forms, mistakes, withSource, withTarget } from './fakes.ts'

const valid = new Ajv({ allowUnionTypes: true, allErrors: true }).compile(schemaOf(forms))
const schemaTakes = (yaml: string): boolean => valid(parseYaml(yaml))

const right: Record<string, string> = {
  'the example of the contract': example,
  'no targets yet': 'version: 1\ntargets: {}',
  'a size in bytes or rounded': withTarget(
    'sources: [{ url: a.zip, size: 5 }, { url: b.zip, size: 1.5 GiB }]',
  ),
  'a digest of digits': withSource(`url: a.zip\nmd5: ${'1'.repeat(32)}`),
  'a kind without parameters': withSource('url: a.zip\nunzip:'),
  'one mirror without brackets': withSource('url: a.zip\nmirrors: b.zip'),
  'a name of digits': withSource('url: a.zip\nunzip: { root: 2017 }'),
  'a directory with a plus': 'version: 1\ntargets: { geoqa+/images: { sources: [{ url: a.zip }] } }',
  'a hidden directory': 'version: 1\ntargets: { .hidden/..x/a b: { sources: [{ url: a.zip }] } }',
}

const wrong: Record<string, string> = {
  'a list instead of a spec': '[]',
  'text instead of a spec': 'hello',
  'no version': 'targets: {}',
  'another version': 'version: 2\ntargets: {}',
  'no targets': 'version: 1',
  'targets without anything': 'version: 1\ntargets:',
  'an unknown key at the top': 'version: 1\ntargets: {}\nrooot: x',
  'an unknown key of a target': withTarget('sources: [{ url: a.zip }]\ntitel: x'),
  'an unknown key of a source': withSource('url: a.zip\nsha265: x'),
  'an unknown key of a kind': withSource('url: a.zip\nunzip: { rot: x }'),
  'a target without sources': withTarget('title: x'),
  'no source in sources': withTarget('sources: []'),
  'a source instead of a list': withTarget('sources: { url: a.zip }'),
  'a source from nowhere': withSource('size: 5'),
  'a source from two places': withSource('url: a.zip\nmanual: fetch it'),
  'two kinds': withSource('url: a.zip\nunzip:\nuntar:'),
  'mirrors of nothing': withSource('manual: fetch it\nmirrors: [a.zip]'),
  'a digest of a named download': withSource(`download: x\nsha256: ${'a'.repeat(64)}`),
  'a name without a list of addresses': withSource('url: a.zip\nname: x'),
  'a kind for a list of addresses': withSource('urls: a.txt\nunzip:'),
  'a list of addresses without its address': withSource('urls: { format: csv }'),
  'a list of addresses in an unknown format': withSource('urls: { from: a.txt, format: xml }'),
  'a filling from nowhere': withSource('urls: a.txt\nfill: { unzip: {} }'),
  'an address of an unknown scheme': withSource('url: ftp://example.org/a.zip'),
  'no part of an archive': withSource('url: []'),
  'a digest that is too short': withSource('url: a.zip\nsha256: abc'),
  'a size in words': withSource('url: a.zip\nsize: huge'),
  'a share beyond reading': withSource('urls: a.txt\nallow_missing: some'),
  'a number of records in words': withSource('url: a.json\njson: { records: many }'),
  'a negative number': withTarget('sources: [{ url: a.zip }]\nexpect: { files: -1 }'),
  'half a file': withTarget('sources: [{ url: a.zip }]\nexpect: { files: 1.5 }'),
  'a question without answer': withTarget('sources: [{ url: a.zip }]\nexpect: { images: maybe }'),
  'a file with folders in its name': withSource('url: a.txt\nfile: b/c.txt'),
  'a homepage that is a script': withTarget('sources: [{ url: a.zip }]\nhomepage: "javascript:alert(1)"'),
  'an empty title': withTarget('sources: [{ url: a.zip }]\ntitle: ""'),
  'a title that is a list': withTarget('sources: [{ url: a.zip }]\ntitle: [x]'),
  'a rename without a new name': withTarget('sources: [{ url: a.zip }]\nrename: [{ match: "*" }]'),
  'an empty new name': withTarget('sources: [{ url: a.zip }]\nrename: [{ match: "*", to: "" }]'),
  'what becomes of archives': 'version: 1\narchives: burn\ntargets: {}',
  'a root that only a shell understands': 'version: 1\nroot: ~/data\ntargets: {}',
  'a host with its scheme': 'version: 1\nhosts: { "https://example.org": {} }\ntargets: {}',
  'no connections': 'version: 1\nhosts: { example.org: { connections: 0 } }\ntargets: {}',
  'a rate without a time': 'version: 1\nhosts: { example.org: { rate: 20MB } }\ntargets: {}',
  'a group called as a verb': 'version: 1\ngroups: { build: [] }\ntargets: {}',
  'a group like an option': 'version: 1\ngroups: { --all: [] }\ntargets: {}',
  'a group that is no list': 'version: 1\ngroups: { all: vg }\ntargets: {}',
  'a download without address': 'version: 1\ndownloads: { a: { size: 5 } }\ntargets: {}',
  ...Object.fromEntries(
    [
      '/abs',
      '..',
      'a/../b',
      '../a',
      'a//b',
      'a\\b',
      'a /b',
      'geoqa+ ',
      '.groundwork',
      '.groundwork/x',
      '.',
      './',
      '',
    ].map(name => [
      `the target "${name}"`,
      `version: 1\ntargets: { ${JSON.stringify(name)}: { sources: [{ url: a.zip }] } }`,
    ]),
  ),
}

describe('both take', () => {
  test.each(Object.entries(right))('%s', (_, yaml) => {
    expect(mistakes(yaml)).toEqual([])
    expect([schemaTakes(yaml), valid.errors]).toEqual([true, null])
  })
})

describe('both refuse', () => {
  test.each(Object.entries(wrong))('%s', (_, yaml) => {
    expect(mistakes(yaml).length).toBeGreaterThan(0)
    expect(schemaTakes(yaml)).toBe(false)
  })
})

test.each(reservedWords)('no group may be called %s', verb => {
  const yaml = `version: 1\ngroups: { ${verb}: [] }\ntargets: {}`
  expect(mistakes(yaml)[0]?.code).toBe('reserved-name')
  expect(schemaTakes(yaml)).toBe(false)
})

test('editors are told what a key means', () => {
  const properties = schemaOf(forms)['properties'] as Record<string, Record<string, unknown>>
  expect(properties['archives']).toEqual({
    description: 'What becomes of an archive once everything made from it is placed.',
    enum: ['discard', 'keep'],
  })
})
