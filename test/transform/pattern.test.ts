/** Which patterns a rewrite takes: all that end soon, and none that a path could keep busy. */

import { expect, test } from 'vitest'
import { longestPath, patternFlaw, patternOf, replacementFlaw } from '../../tasks/transform/pattern.ts'

const taken = [
  String.raw`\.gif$`,
  String.raw`\.(gif|png|jpe?g|webp|bmp|tiff|avif|heic|svg|jp2|pnm|ico)$`,
  '^coco/train2014/COCO_train2014_',
  '^(.*)/([^/]+)$',
  '[^/]+',
  String.raw`^\d{4}-\d{2}/`,
  '(?:a|b)?c',
  String.raw`\p{Lu}`,
  String.raw`[\]\\(|)*+]`,
  String.raw`\(\)\*\+\|`,
  '(?<dir>[^/]*)/x',
  'é|ü',
]

test.each(taken)('%s is taken, and ends on a path that almost fits', pattern => {
  expect(patternFlaw(pattern)).toBeUndefined()
  for (const letter of ['a', '/', '1', 'aB/', '.jpg', 'é'])
    expect(`${letter.repeat(longestPath).slice(0, longestPath)}!`.replace(patternOf(pattern), '')).toBeTypeOf(
      'string',
    )
})

test.each([
  ['', 'is empty'],
  ['(', 'is not a regular expression: unterminated group'],
  ['*.gif', 'is not a regular expression: nothing to repeat'],
  ['(a+)+b', 'repeats a group with +, which can take for ever'],
  ['(a|a)*b', 'repeats a group with *, which can take for ever'],
  ['(?:[^/]*/){2}', 'repeats a group with {2}, which can take for ever'],
  [String.raw`(a)\1`, String.raw`has \1, a text that was found before, which can take for ever`],
  [String.raw`(?<n>a)\k<n>`, String.raw`has \k<n>, a text that was found before, which can take for ever`],
  ['a(?=b)', 'looks ahead or back with (?=, which can take for ever'],
  ['(?<!a)b', 'looks ahead or back with (?<!, which can take for ever'],
  ['a.*b.*c', 'has 2 parts that repeat without end and may begin anywhere: begin it with ^'],
  ['^a.*|b.*c', 'has 2 parts that repeat without end and may begin anywhere: begin it with ^'],
  ['^.*a.*b.*c', 'has 3 parts that repeat without end, which can take for ever'],
  ['a?a?a?a?a?a?a?b', 'leaves more than 100 ways to match, which can take for ever'],
  [`${'(a|a)'.repeat(7)}b`, 'leaves more than 100 ways to match, which can take for ever'],
  ['a{0,200}b', 'leaves more than 100 ways to match, which can take for ever'],
])('%s is refused', (pattern, says) => {
  expect(patternFlaw(pattern)).toBe(says)
})

test.each([
  ['(a)(b)', '$2/$1', undefined],
  ['a', '$&$$', undefined],
  ['(?<n>a)', '$<n>', undefined],
  ['a', '$1', 'has $1, but "match" has no groups'],
  ['(a)', '$2', 'has $2, but "match" has one group'],
  ['(a)(b)', '$0', 'has $0, but "match" has 2 groups'],
  ['(?<n>a)', '$<m>', 'has $<m>, but no group of "match" is called that'],
  ['a', 'cost$', 'has a lone $: write $$ for the sign itself'],
])('%s with %s: %s', (match, to, says) => {
  expect(replacementFlaw(match, to)).toBe(says)
})
