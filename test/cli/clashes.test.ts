/** Sources of one target whose files do not go together: refused before anything of the second is placed. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { type Ground, ground, zip } from '../rig/playground.ts'

describe('a file where another source has a folder', () => {
  const file = { x: 'a file', 'kept.txt': 'kept' }
  const below = { 'x/y': 'below it' }

  function local(sources: readonly string[], files: Readonly<Record<string, Buffer | string>>): Ground {
    const place = ground()
    for (const [name, content] of Object.entries(files)) place.write(name, content)
    place.spec(`targets:\n  things:\n    sources:\n${sources.map(source => `      - ${source}\n`).join('')}`)
    return place
  }

  test.each([
    ['the file first', ['{ url: D.zip }', '{ url: E.zip }'], ['things/kept.txt', 'things/x']],
    ['the folder first', ['{ url: E.zip }', '{ url: D.zip }'], ['things/x/y']],
    ['by into', ['{ url: D.zip }', '{ url: F.zip, unzip: { into: x } }'], ['things/kept.txt', 'things/x']],
    ['by into, first', ['{ url: F.zip, unzip: { into: x } }', '{ url: D.zip }'], ['things/x/y']],
    ['a file as it is', ['{ url: notes.txt, file: x }', '{ url: E.zip }'], ['things/x']],
  ])('%s: the first one stays, in every build', async (what, sources, tree) => {
    const place = local(sources, {
      'D.zip': zip(file),
      'E.zip': zip(below),
      'F.zip': zip({ y: 'below it' }),
      'notes.txt': 'as it is',
    })
    const ran = await place.run('build', '-k')
    expect(ran).toMatchObject({ exitCode: 1, codes: ['place-clash'], summary: { failed: 1 } })
    expect(Object.keys(place.tree())).toEqual(tree)
    if (what === 'the file first') expectGolden('cli/place-clash.folder', ran.diagnostics)
    const before = place.listing()
    expect(await place.run('build', '-k')).toMatchObject({ exitCode: 1, codes: ['place-clash'] })
    expect(place.tree()).toEqual(Object.fromEntries(tree.map(path => [path, expect.any(String)])))
    for (const path of tree) expect(place.listing()[path]).toBe(before[path])
    expect(existsSync(join(place.root, '.groundwork/aside'))).toBe(false)
  })
})
