/** The first build, the second, and what lies on disk between two of them. */

import { cpSync, existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectContract } from '../rig/playground.ts'
import { everything, pictures, records, short, whole, world } from './world.ts'

const nothing = { ran: 0, requests: 0, failed: 0, skipped: 0, bytesDownloaded: 0, exitCode: 0 }

test('the first build makes everything, the second writes nothing at all', async () => {
  const { place, asked } = await world()
  const first = await place.run('build', 'playground')
  expectContract(first)
  expect(short(first.started)).toEqual(everything)
  const bytes = pictures.length + records.length + 'MIT\n'.length
  expect(first.summary).toMatchObject({
    ran: 10,
    fresh: 0,
    requests: 3,
    bytesDownloaded: bytes,
    filesWritten: 5,
    exitCode: 0,
  })
  expect(asked()).toEqual(['/LICENSE', '/notes.json', '/pack.zip'])
  expect(place.tree()).toEqual(whole)
  expect(existsSync(join(place.root, '.groundwork/archives'))).toBe(false)

  const before = place.listing()
  const second = await place.run('build', 'playground')
  expectContract(second)
  expect(second.summary).toMatchObject({ ...nothing, fresh: 10 })
  for (const verb of ['status', 'why', 'verify', 'graph', 'schema'])
    expect(await place.text(verb), verb).toMatchObject({ exitCode: 0 })
  expect((await place.run('build', '--dry-run')).summary).toMatchObject({ ...nothing, fresh: 10 })
  expect((await place.text('build')).stdout).toMatch(/^Nothing to do: 10 tasks fresh \(files checked by size/)
  expect(place.listing()).toEqual(before)
  expect(asked()).toEqual([])
})

test('touched, edited, deleted: only what is wrong is put right', async () => {
  const { place, asked } = await world()
  await place.run('build')
  asked()
  const picture = join(place.root, 'masks/a.png')

  utimesSync(picture, 1, 1)
  expect((await place.run('build')).summary).toMatchObject({ ...nothing, fresh: 10 })
  const refreshed = place.listing()
  expect((await place.run('build')).summary).toMatchObject(nothing)
  expect(place.listing()).toEqual(refreshed)

  writeFileSync(picture, 'mask A')
  const states = (await place.run('status')).events.filter(({ event }) => event === 'status')
  expect(states).toMatchObject([
    { target: 'images', state: 'fresh' },
    { target: 'masks', state: 'stale', why: '1 file edited (a.png)' },
  ])
  expect((await place.text('why', 'masks')).stdout).toContain('stale: 1 file edited (a.png)')
  const repaired = await place.run('build')
  expect(short(repaired.started)).toEqual(['download:pack.zip', 'unzip:masks'])
  expect(repaired.summary).toMatchObject({ ran: 2, repaired: 1, filesWritten: 1, exitCode: 0 })
  expect(repaired.codes).toEqual(['edited-by-hand'])
  expect(place.tree()).toEqual(whole)
  const [run = ''] = readdirSync(join(place.root, '.groundwork/aside'))
  expect(place.read(`data/.groundwork/aside/${run}/masks/a.png`)).toBe('mask A')

  rmSync(join(place.root, 'images/b.jpg'))
  const restored = await place.run('build')
  expect(short(restored.started)).toEqual(['download:pack.zip', 'rename:images', 'unzip:images'])
  expect(restored.summary).toMatchObject({ repaired: 1, exitCode: 0 })
  expect(place.tree()).toEqual(whole)
  expect((await place.run('build')).summary).toMatchObject(nothing)
})

test('without its state a playground is looked at and adopted', async () => {
  const { place, asked } = await world()
  await place.run('build')
  asked()
  const inode = statSync(join(place.root, 'masks/a.png')).ino
  rmSync(join(place.root, '.groundwork'), { recursive: true })
  const again = await place.run('build')
  expect(again.summary).toMatchObject({ exitCode: 0, failed: 0 })
  expect(again.codes).toEqual([])
  // The annotation is pinned by its digest: what lies there is right, and nobody is asked.
  expect(asked()).toEqual(['/LICENSE', '/pack.zip'])
  expect(place.tree()).toEqual(whole)
  expect(statSync(join(place.root, 'masks/a.png')).ino).toBe(inode)
  expect((await place.run('build')).summary).toMatchObject(nothing)
})

test('a playground can be moved, and taken along as a copy', async () => {
  const { place, asked } = await world()
  await place.run('build')
  asked()
  cpSync(place.root, join(place.folder, 'copy'), { recursive: true })
  const copied = await place.run('build', '--root', 'copy')
  expect(copied.summary).toMatchObject({ ...nothing, fresh: 10 })
  expect((await place.run('build', '--root', 'copy', '--check', 'hash')).summary).toMatchObject(nothing)
  expect(asked()).toEqual([])
})

test('archives are kept on demand, by option and by spec, and given back without', async () => {
  const { place, change, asked } = await world()
  await place.run('build', '--keep-archives')
  const kept = readdirSync(join(place.root, '.groundwork/archives'), { recursive: true })
  expect(kept.map(String).filter(path => path.endsWith('pack.zip'))).toHaveLength(1)
  const before = place.listing()
  expect((await place.run('build', '--keep-archives')).summary).toMatchObject(nothing)
  expect(place.listing()).toEqual(before)
  asked()
  rmSync(join(place.root, 'masks/a.png'))
  const restored = await place.run('build', '--keep-archives', '--offline')
  expect(restored.started).toEqual(['unzip:masks'])
  expect(place.tree()).toEqual(whole)

  expect((await place.run('build')).summary).toMatchObject(nothing)
  expect(existsSync(join(place.root, '.groundwork/archives'))).toBe(false)
  change('groups:', 'archives: keep\ngroups:')
  rmSync(join(place.root, 'masks/a.png'))
  await place.run('build')
  expect(asked()).toEqual(['/pack.zip'])
  expect((await place.run('clean', '--archives', '--dry-run')).summary).toMatchObject({ exitCode: 0 })
  expect(readdirSync(join(place.root, '.groundwork/archives'))).toHaveLength(1)
  expect((await place.run('clean', '--archives')).events).toContainEqual(
    expect.objectContaining({ event: 'cleaned', files: 1, bytes: pictures.length, left: [] }),
  )
  expect((await place.run('build')).summary).toMatchObject(nothing)
  expect(place.tree()).toEqual(whole)
})
