/** A plan with --only-needed tells what is needed of each archive, and what stays at the host, once the annotations are here. */

import { expect, test } from 'vitest'
import { world } from './needed-world.ts'
import { archive, foretold } from './pieces.ts'

test('by the share of files that the annotations refer to', async () => {
  const { place, change, asked } = await world()
  change('pack.zip"', `pack.zip", size: ${archive.length}`)
  const before = foretold(await place.run('build', '--only-needed', '--dry-run'))
  expect(before.totals).not.toHaveProperty('saved')
  await place.run('build', 'notes')
  const plan = foretold(await place.run('build', '--only-needed', '--dry-run'))
  const needed = Math.round((archive.length * 3) / 40)
  const saved = archive.length - needed
  expect(plan.steps.find(({ kind }) => kind === 'unzip')).toMatchObject({ files: 3, download: needed, saved })
  expect(plan.totals).toMatchObject({ download: needed, write: needed, files: 3, saved, atLeast: true })
  const { stdout } = await place.text('build', '--only-needed', '--dry-run')
  expect(stdout).toMatch(/^saved +about 9\.70 MB of archives, to which no annotation refers$/m)
  expect(asked()).toEqual([])
})

test('nothing is saved of an archive that is fetched whole, nor where nothing tells how many files there are', async () => {
  const { place, change } = await world()
  change('pack.zip"', `pack.zip", size: ${archive.length}`)
  await place.run('build', 'notes')
  expect(foretold(await place.run('build', '--dry-run')).totals).not.toHaveProperty('saved')
  change('expect: { files: 40 }', '')
  expect(foretold(await place.run('build', '--only-needed', '--dry-run')).totals).not.toHaveProperty('saved')
})
