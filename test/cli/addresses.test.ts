/** Targets that come and go, and addresses that change. */

import { expect, test } from 'vitest'
import { sha256Of, zip } from '../rig/playground.ts'
import { foretoldAndDone, short, world } from './world.ts'

test('an added target runs its own tasks, a removed one touches nothing', async () => {
  const { place, change, asked } = await world()
  await place.run('build')
  asked()
  place.write('extra.txt', 'extra')
  change('targets:', 'targets:\n  extra:\n    sources:\n      - { url: extra.txt, file: extra.txt }')
  const added = await foretoldAndDone(place)
  expect(short(added.started)).toEqual(['download:extra.txt', 'file:extra/extra.txt'])
  expect(asked()).toEqual([])
  change('  extra:\n    sources:\n      - { url: extra.txt, file: extra.txt }\n', '')
  const before = place.tree()
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0, exitCode: 0 })
  expect(place.tree()).toEqual(before)
})

test('an address without a digest is asked again, and the same bytes stop there', async () => {
  const { place, change, asked, host } = await world()
  await place.run('build')
  asked()
  host.serve('/LICENSE-2', Buffer.from('MIT\n'))
  change('/LICENSE', '/LICENSE-2')
  const same = await foretoldAndDone(place)
  expect(short(same.started)).toEqual(['download:LICENSE-2'])
  expect(same.summary).toMatchObject({ ran: 1, fresh: 9, requests: 1, exitCode: 0 })

  host.serve('/LICENSE-3', Buffer.from('BSD\n'))
  change('/LICENSE-2', '/LICENSE-3')
  const others = await foretoldAndDone(place)
  expect(short(others.started)).toEqual(['download:LICENSE-3', 'expect:images', 'file:images/LICENSE.txt'])
  expect(place.read('data/images/LICENSE.txt')).toBe('BSD\n')
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('a file of this machine is read again when it changes', async () => {
  const { place, change } = await world()
  place.write('local/README', 'one')
  change('targets:', 'targets:\n  local:\n    sources:\n      - { url: local/README, file: README }')
  await place.run('build')
  expect((await place.run('build')).summary.ran).toBe(0)
  place.write('local/README', 'another')
  const ran = await foretoldAndDone(place)
  expect(short(ran.started)).toEqual(['download:README', 'file:local/README'])
  expect(place.read('data/local/README')).toBe('another')
})

test('one of two archives behind a rename changed: the other is fetched again, and nothing counts twice', async () => {
  const { place, change, host } = await world()
  host.serve('/more.zip', zip({ 'c.jpg': 'picture c' }))
  change('      - url: ', `      - url: ${host.url}/more.zip\n        unzip: { into: more }\n      - url: `)
  change('files: 4', 'files: 5')
  expect((await place.run('build')).exitCode).toBe(0)
  // Without a digest nobody can know beforehand that the rename will need both archives.
  host.serve('/most.zip', zip({ 'c.jpg': 'picture C' }))
  change('/more.zip', '/most.zip')
  const ran = await foretoldAndDone(place)
  expect(short(ran.started)).toEqual([
    'download:most.zip',
    'download:pack.zip',
    'expect:images',
    'images:images/notes.json',
    'rename:images',
    'unzip:images',
    'unzip:images/more',
  ])
  expect(ran.summary).toMatchObject({ ran: 7, skipped: 0, failed: 0, exitCode: 0 })
  expect(place.tree()['images/more/c.jpg']).toBe(sha256Of('picture C'))
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})
