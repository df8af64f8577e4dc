/** Single values, and what somebody may have meant. */

import { describe, expect, test } from 'vitest'
import { writeOut } from '../../lib/model/address-ranges.ts'
import { suggest } from '../../lib/model/suggest.ts'
import { mistakes, withSource, withTarget } from './fakes.ts'

describe('ranges', () => {
  test.each<[string, readonly string[] | string]>([
    ['a.zip', ['a.zip']],
    ['a{8..10}', ['a8', 'a9', 'a10']],
    ['a{08..10}', ['a08', 'a09', 'a10']],
    ['a{000..002}.tar', ['a000.tar', 'a001.tar', 'a002.tar']],
    ['{0..1}/{1..2}', ['0/1', '0/2', '1/1', '1/2']],
    ['{a,b}{}', ['{a,b}{}']],
    ['a{3..1}', 'has the range {3..1}, which counts down'],
    ['a{1..10001}', 'has the range {1..10001} with more than 10,000 parts'],
    ['a{1..99999999999999999999}', 'has the range {1..99999999999999999999} with more than 10,000 parts'],
    ['{1..200}{1..200}', 'has more than 10,000 parts'],
    ['x.zip.{aa..ad}', ['x.zip.aa', 'x.zip.ab', 'x.zip.ac', 'x.zip.ad']],
    ['{ay..bb}', ['ay', 'az', 'ba', 'bb']],
    ['{A..C}', ['A', 'B', 'C']],
    ['{a..b}{1..2}', ['a1', 'a2', 'b1', 'b2']],
    ['{a..C}{a..1}', ['{a..C}{a..1}']],
    ['x{ad..aa}', 'has the range {ad..aa}, which counts down'],
    ['x{a..aa}', 'has the range {a..aa}, whose ends are not of one length'],
    ['x{aaaa..zzzz}', 'has the range {aaaa..zzzz} with more than 10,000 parts'],
    [`{${'a'.repeat(99)}..${'z'.repeat(99)}}`, expect.stringContaining('with more than 10,000 parts')],
  ])('%s', (text, parts) => expect(writeOut(text)).toEqual(parts))
})

describe('suggestions', () => {
  test.each<[string, readonly string[], string | undefined]>([
    ['source', ['title', 'sources'], 'sources'],
    ['soucres', ['title', 'sources'], 'sources'],
    ['Sources', ['title', 'sources'], 'sources'],
    ['allow-missing', ['allow_missing'], 'allow_missing'],
    ['train2017', ['coco/train2017', 'coco/val2017'], 'coco/train2017'],
    ['coco/tran2017', ['coco/train2017', 'coco/val2017'], 'coco/train2017'],
    ['url', ['urls', 'url'], 'url'],
    ['xyz', ['title', 'sources'], undefined],
    ['', ['a'], undefined],
    ['ab', ['cd'], undefined],
  ])('%s of %j', (word, candidates, meant) => expect(suggest(word, candidates)).toBe(meant))
})

describe('codes of single values', () => {
  test.each<[string, string, string]>([
    ['an address that is no address', withSource('url: "http://"'), 'bad-address'],
    ['a percent sign that is none', withSource('url: https://example.org/%zz'), 'fine'],
    ['a range that counts down', withSource('url: "a{3..1}"'), 'bad-address'],
    ['a control character', withTarget('sources: [{ url: a }]\ntitle: "a\\e[31m"'), 'bad-value'],
    ['half a letter', withTarget('sources: [{ url: a }]\ntitle: "\\ud800"'), 'bad-value'],
    ['NUL in a directory', 'version: 1\ntargets: { "a\\0b": { sources: [{ url: a }] } }', 'bad-value'],
    [
      'a name of 256 bytes',
      `version: 1\ntargets: { ${'é'.repeat(128)}: { sources: [{ url: a }] } }`,
      'bad-value',
    ],
    ['the state folder', 'version: 1\ntargets: { .Groundwork/x: { sources: [{ url: a }] } }', 'bad-value'],
    [
      'a rename out of the target',
      withTarget('sources: [{ url: a }]\nrename: [{ match: a, to: ../b }]'),
      'path-outside-root',
    ],
    [
      'a rename to the root',
      withTarget('sources: [{ url: a }]\nrename: [{ match: a, to: "/{name}" }]'),
      'path-outside-root',
    ],
    ['an open brace', withTarget('sources: [{ url: a }]\nrename: [{ match: a, to: "{name" }]'), 'bad-value'],
    ['more than all may be missing', withSource('urls: a.txt\nallow_missing: 101%'), 'bad-value'],
    ['what is said twice', withSource('urls: { from: a.txt, name: x }\nname: x'), 'bad-value'],
    ['a standstill', 'version: 1\nhosts: { a.org: { rate: 0MB/s } }\ntargets: {}', 'bad-value'],
    [
      'two spellings of a directory',
      'version: 1\ntargets: { é: { sources: [{ url: a }] }, e\u0301/: { sources: [{ url: a }] } }',
      'target-clash',
    ],
    ['other parts of a mirror', withSource('url: ["a{1..3}"]\nmirrors: ["b{1..2}"]'), 'bad-value'],
    ['a whole mirror of parts', withSource('url: ["a{1..3}"]\nmirrors: [b]'), 'fine'],
    [
      'other parts of a mirror, by letters',
      withSource('url: ["a{1..3}"]\nmirrors: ["b{aa..ad}"]'),
      'bad-value',
    ],
    ['an unknown download to fill from', withSource('urls: a.txt\nfill: { download: x }'), 'unknown-name'],
  ])('%s', (_, yaml, code) => expect(mistakes(yaml)[0]?.code ?? 'fine').toBe(code))
})

test('a long chain of groups is no cycle, and its closing is', () => {
  const chain = (end: string) =>
    `version: 1\ntargets: {}\ngroups:\n${Array.from({ length: 2000 }, (_, i) => `  g${i}: [g${i + 1}]\n`).join('')}  g2000: [${end}]\n`
  expect(mistakes(chain(''))).toEqual([])
  expect(mistakes(chain('g1999')).map(({ code, evidence }) => [code, evidence?.[0]?.text])).toEqual([
    ['group-cycle', 'g1999 -> g2000 -> g1999'],
  ])
})
