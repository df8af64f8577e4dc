/** New names: the rule, and the patterns that files are chosen by. */

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import glob from 'fast-glob'
import { describe, expect, test } from 'vitest'
import { matchingAmong } from '../../lib/io/glob.ts'
import { collisionsAmong, renamed } from '../../lib/model/rename.ts'
import { path, write } from './rig.ts'

describe('the rule', () => {
  test.each([
    ['a/b/1.gif', '{dir}/{stem}.jpg', 'a/b/1.jpg'],
    ['1.gif', '{dir}/{stem}.jpg', '1.jpg'],
    ['a/1.tar.gz', '{stem}-{ext}', '1.tar-gz'],
    ['a/README', '{dir}/{stem}.{ext}', 'a/README'],
    ['a/.hidden', '{stem}.{ext}', '.hidden'],
    ['a/.hidden', '{stem}.jpg', '.hidden.jpg'],
    ['a/b.', '{stem}.{ext}', 'b.'],
    ['a/b.', '{stem}-{ext}', 'b.-'],
    ['a/1.jpg', 'all/{dir}/{name}', 'all/a/1.jpg'],
    ['1.jpg', 'all/{dir}/{name}', 'all/1.jpg'],
    ['a/1.jpg', '{dir}-{name}', 'a-1.jpg'],
    ['$&/$1.jpg', '{dir}/x-{name}', '$&/x-$1.jpg'],
    ['a/b/1.jpg', '{dir}/../{name}', 'a/1.jpg'],
    ['a/1.jpg', './/x/./{name}', 'x/1.jpg'],
    ['1.jpg', '../{name}', undefined],
    ['1.jpg', '{dir}/../{name}', undefined],
    ['a/1.jpg', '/{name}', undefined],
    ['a/1.jpg', '{dir}/', undefined],
    ['a/1.jpg', '{dir}/..', undefined],
    ['1', '{ext}', undefined],
  ])('%s by %s is %s', (from, template, wanted) => {
    expect(renamed(from, template)).toBe(wanted)
  })

  test('two templates leave every path as it is', () =>
    fc.assert(
      fc.property(path, from => {
        expect(renamed(from, '{dir}/{name}')).toBe(from)
        expect(renamed(from, '{dir}/{stem}.{ext}')).toBe(from)
      }),
    ))

  test('no name leads out, whatever the template', () =>
    fc.assert(
      fc.property(
        path,
        fc.array(fc.constantFrom('{dir}', '{stem}', '{ext}', '{name}', '/', '..', '.', 'a'), {
          maxLength: 8,
        }),
        (from, template) => {
          const name = renamed(from, template.join(''))
          if (name !== undefined)
            expect(name.split('/').filter(part => part === '' || part === '.' || part === '..')).toEqual([])
        },
      ),
    ))

  test.each([
    [['a', 'b', 'a/c'], false, [{ first: 0, second: 2, form: 'folder' }]],
    [['a', 'b', 'a'], false, [{ first: 0, second: 2, form: 'same' }]],
    [['a.jpg', 'A.jpg'], false, []],
    [['a.jpg', 'A.jpg'], true, [{ first: 0, second: 1, form: 'case' }]],
    [['\u00e9', 'e\u0301'], true, [{ first: 0, second: 1, form: 'case' }]],
    [['A', 'a/b'], true, [{ first: 0, second: 1, form: 'folder' }]],
    [
      ['a', 'a', 'a'],
      false,
      [
        { first: 0, second: 1, form: 'same' },
        { first: 0, second: 2, form: 'same' },
      ],
    ],
  ])('among %j, folding case: %s', (names, foldsCase, wanted) => {
    expect(collisionsAmong(names, foldsCase)).toEqual(wanted)
  })
})

describe('patterns', () => {
  const tree = [
    '1.gif',
    'a/2.gif',
    'a/b/3.png',
    'a/b/4.PNG',
    '.h/.5.gif',
    'a b/(x) [y].gif',
    'é/ü.gif',
    'a/gif',
  ]
  const patterns = ['**/*.{gif,png,jpeg}', '*.gif', 'a/**', '**', 'a/*/3.png', 'a/2.gif', './a/2.gif']
  const odd = [
    '**/*.PNG',
    '**/[0-3].*',
    '!(*.gif)',
    '**/!(*.gif)',
    'a b/\\(x\\) \\[y\\].gif',
    'é/*',
    '.h/*',
    'a',
    'x/*',
  ]

  test.each([...patterns, ...odd])('%s matches remembered paths as it matches files', async pattern => {
    const folder = mkdtempSync(join(tmpdir(), 'groundwork-glob-'))
    for (const name of tree) write(join(folder, name), '')
    const onDisk = await glob(pattern, { cwd: folder, dot: true, followSymbolicLinks: false })
    const matching = await matchingAmong(tree)
    expect(matching(pattern).toSorted()).toEqual(onDisk.toSorted())
  })

  test('**/ matches at the top too', async () => {
    const matching = await matchingAmong(tree)
    expect(matching('**/*.{gif,png,jpeg}')).toHaveLength(6)
  })

  test.each(['../*', '../**', '/*', '/1.gif'])('%s matches nothing: it leaves the target', async pattern => {
    const matching = await matchingAmong(tree)
    expect(matching(pattern)).toEqual([])
  })
})
