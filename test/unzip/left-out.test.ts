/** What a Mac adds is left out of zips and tars alike, and an archive of which nothing is left is told of. */

import { expect, test } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { ground, mirror } from '../rig/playground.ts'
import { type TarPart, tarOf } from '../rig/tars.ts'
import { zipOf } from '../rig/zips.ts'

const names = ['x/a.jpg', '__MACOSX/x/._a.jpg'] as const
const part = (path: string): TarPart => ({ name: path, content: path })
const archives = {
  'pack.zip': zipOf(names.map(path => ({ name: path, content: path }))),
  'pack.tar': tarOf(names.map(part)),
}

async function world(name: string, archive: Buffer, files = 1) {
  const [place, host] = [ground(), await mirror()]
  place.spec(`targets:
  birds:
    sources: [{ url: "${host.url}/${name}" }]
    expect: { files: ${files} }
`)
  host.serve(`/${name}`, archive)
  return place
}

test.each(Object.entries(archives))('%s: not unpacked, not counted', async (name, archive) => {
  const place = await world(name, archive)
  expect((await place.run('build')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(Object.keys(place.tree())).toEqual(['birds/x/a.jpg'])
})

test.each(Object.entries(archives))('%s: told where another number is wanted', async (name, archive) => {
  const place = await world(name, archive, 2)
  const { diagnostics } = await place.run('build')
  const told = diagnostics.find(({ code }) => code === 'wrong-file-count')
  expect(told?.evidence).toContainEqual(
    expect.objectContaining({ label: 'left out', text: '1 file below __MACOSX, which a Mac added' }),
  )
})

test.each([
  ['none.zip', zipOf([])],
  ['none.tar', tarOf([])],
  ['mac.zip', zipOf([{ name: '__MACOSX/._a', content: 'a' }])],
])('%s holds nothing', async (name, archive) => {
  const place = await world(name, archive, 0)
  const { diagnostics } = await place.run('build')
  const told = diagnostics.filter(({ code }) => code === 'archive-empty')
  expect(told).toHaveLength(1)
  if (name === 'none.zip') expectGolden('cli/archive-empty', told)
})
