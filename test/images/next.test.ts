/** What is told to do about images that are not there depends on why they are not. */

import { expect, test } from 'vitest'
import type { Absence } from '../../tasks/images/absence.ts'
import { nextFor } from '../../tasks/images/next.ts'

const params = { target: 'notes', images: '', sees: ['unzip:coco'] }
const next = (all: readonly (readonly [image: string, absence: Absence])[], images = ''): string =>
  nextFor(
    { ...params, images },
    all.map(([image, absence]) => ({ image, absence })),
  )

test.each<[why: string, all: Parameters<typeof next>[0], wanted: string]>([
  [
    'what a build puts there, without a word of what is lost',
    [
      ['vg/1.jpg', { why: 'not-built', target: 'vg' }],
      ['coco/1.jpg', { why: 'damaged', target: 'coco' }],
    ],
    'npx tsx build vg coco notes puts them there.',
  ],
  [
    'more targets than a line takes',
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(target => [`${target}/1.jpg`, { why: 'not-built', target }]),
    'build a, b, c, d, e, and 2 more, then notes.',
  ],
  [
    'the path lies whole below another folder',
    [['00453/1.jpg', { why: 'deeper', there: 'llava/pretrain/00453/1.jpg', folders: 2 }]],
    'write `images: /llava/pretrain` where that is the image folder of training, or make an annotation that fits with `prefix: llava/pretrain/`.',
  ],
  [
    'a folder more within, as archives have it',
    [['coco/train2017/1.jpg', { why: 'deeper', there: 'coco/train2017/train2017/1.jpg' }]],
    '`root` and `into` say how deep the files of an archive lie, `rewrite` changes the paths.',
  ],
  [
    'a beginning too much',
    [['playground/data/coco/1.jpg', { why: 'higher', there: 'coco/1.jpg', folders: 2 }]],
    '`rewrite` takes `playground/data/` off the paths.',
  ],
  [
    'names',
    [
      ['a/1.jpg', { why: 'ending', there: 'a/1.gif' }],
      ['a/b.jpg', { why: 'case', there: 'a/B.jpg' }],
    ],
    '`rename` gives files other names, `rewrite` the paths of an annotation.',
  ],
  [
    'the two most frequent, and what is lost',
    [
      ['a/1.jpg', { why: 'ending', there: 'a/1.gif' }],
      ['../1.jpg', { why: 'outside' }],
      ['../2.jpg', { why: 'outside' }],
      ['a/2.jpg', { why: 'ending', there: 'a/2.gif' }],
      ['a/3.jpg', { why: 'empty' }],
      ['a/4.jpg', { why: 'absent' }],
    ],
    '`rename` gives files other names, `rewrite` the paths of an annotation; `rewrite` makes paths of those that lead out of the playground; what is really lost is left out by `drop_missing: true`, or allowed with `allow_missing`.',
  ],
  [
    'written in another way: one set of rules for all',
    [
      ['coco\\1.jpg', { why: 'backslash', there: 'coco/1.jpg' }],
      ['a%20b\\100%25%2520.jpg', { why: 'percent', there: 'a b/100%%20.jpg' }],
      ['caf%C3%A9/%27%24.jpg', { why: 'percent', there: "café/'$.jpg" }],
      ['no%20/1.jpg', { why: 'absent' }],
    ],
    "`rewrite: [{ match: '\\\\', to: '/' }, { match: '%20', to: ' ' }, { match: '%C3%A9', to: 'é' }, { match: '%27', to: '''' }, …]` makes an annotation with the paths of the files; what is really lost is left out by `drop_missing: true`, or allowed with `allow_missing`.",
  ],
  [
    'below no target',
    ['vgg', 'a', 'b', 'vgg', 'c'].map(folder => [`${folder}/1.jpg`, { why: 'nobodys', folder }]),
    'name a target that gives vgg/…, a/…, b/…, and 1 more, or correct the paths or `images`; what is really lost is left out by `drop_missing: true`, or allowed with `allow_missing`.',
  ],
  [
    'simply not there',
    [['a/4.jpg', { why: 'absent' }]],
    'what is really lost is left out by `drop_missing: true`, or allowed with `allow_missing`.',
  ],
])('%s', (_, all, wanted) => {
  expect(next(all)).toBe(wanted)
})

test('paths that are relative to a folder', () => {
  const within = { why: 'deeper', there: 'coco/images/train/1.jpg' } as const
  expect(next([['train/1.jpg', within]], 'coco')).toContain('`images: /coco/images`')
  expect(next([['train/1.jpg', within]], 'coco')).toContain('`prefix: images/`')
  const beside = { why: 'deeper', there: 'x/coco/1.jpg' } as const
  expect(next([['1.jpg', beside]], 'coco')).toBe(
    'write `images: /x/coco` where that is the image folder of training.',
  )
  const above = { why: 'higher', there: 'gqa/1.jpg' } as const
  expect(next([['gqa/1.jpg', above]], 'coco')).toBe(
    'write `images: /` where that is the image folder of training.',
  )
})

test('no target of the spec can give them', () => {
  expect(nextFor({ ...params, sees: [] }, [{ image: 'a.jpg', absence: { why: 'absent' } }])).toContain(
    'name a target',
  )
})
