/** `build accept`: the definition changed, the result is the same. What is recorded then, and what never is. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { expectContract, type Ground, ground, type Ran, sha256Of } from '../rig/playground.ts'
import { everything, pictures, records, short, whole, world } from './world.ts'

const told = (ran: Ran, event: string): readonly string[] =>
  short(ran.events.filter(line => line.event === event).map(({ task }) => String(task)))

/** Refused as that golden says, and nothing at all was changed. */
async function refused(place: Ground, golden: string, ...names: readonly string[]): Promise<Ran> {
  const before = place.listing()
  const ran = await place.run('accept', ...names)
  expectContract(ran)
  expectGolden(`accept/${golden}`, ran.diagnostics)
  expect(place.listing()).toEqual(before)
  return ran
}

test('another definition of the same tree: the next build has nothing to do', async () => {
  const { place, change, asked } = await world()
  await place.run('build')
  asked()
  change('root: pack/masks', 'root: auto')
  const before = place.listing()
  const foretold = await place.text('accept', 'masks', '--dry-run')
  expect(foretold).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(
      /^would accept {2}unzip masks {31}root changed: pack\/masks → auto \(datasets\.yaml:27:\d+\); target added: masks\nWould accept 1 result; nothing was run\.\n$/,
    ),
    stderr: '',
  })
  expect(place.listing()).toEqual(before)

  const ran = await place.run('accept', 'masks', '--check', 'record')
  expectContract(ran)
  expect(ran).toMatchObject({
    exitCode: 0,
    codes: [],
    started: [],
    summary: { ran: 0, fresh: 2, requests: 0 },
  })
  expect(ran.events.find(({ event }) => event === 'accepted')).toMatchObject({
    task: 'unzip:masks',
    target: 'masks',
    kind: 'unzip',
    recorded: true,
    reason: { code: 'definition-changed' },
  })
  expect((await place.text('why', 'masks')).stdout).toMatch(/unzip masks\n {4}fresh\n {4}accepted: 20\d\d-/)
  expect((await place.run('build')).summary).toMatchObject({
    ran: 0,
    fresh: 10,
    requests: 0,
    bytesWritten: 0,
  })
  expect(place.tree()).toEqual(whole)
  expect(asked()).toEqual([])

  expect((await place.text('accept', 'masks')).stdout).toBe('Nothing to accept.\n')
  // What was accepted is what counts from now on: the definition of before is another one.
  change('root: auto', 'root: pack/masks')
  expect((await place.run('build', '--dry-run')).events[0]).toMatchObject({
    steps: expect.arrayContaining([expect.objectContaining({ task: 'unzip:masks', verdict: 'stale' })]),
  })
})

test('rules, and a part that is gone by now: what was made of it stays', async () => {
  const { place, change, asked } = await world()
  await place.run('build')
  asked()
  change("match: '*.png'", "match: '**/*.png'")
  change('unzip: { root: pack/images }', 'unzip: { root: pack/images/ }')
  change('files: 4', 'files: 5')
  const ran = await place.run('accept', 'images')
  expect(ran).toMatchObject({ exitCode: 0, codes: [] })
  expect(told(ran, 'accepted')).toEqual(['rename:images'])
  // Only a look can tell whether there are five.
  expect(told(ran, 'left')).toEqual(['expect:images'])
  const built = await place.run('build')
  expect(built.started).toEqual(['expect:images'])
  expect(built.codes).toEqual(['wrong-file-count'])
  change('files: 5', 'files: 4')
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })

  change('unzip: { root: pack/images/ }', 'unzip: { root: auto }')
  const parts = await place.run('accept', 'images')
  expect(told(parts, 'accepted')).toEqual(['unzip:images'])
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 10, requests: 0 })
  expect(place.tree()).toEqual(whole)
  // Damaged later, it is put back as that definition makes it.
  rmSync(join(place.root, 'images/a.jpg'))
  expect(await place.run('build', 'masks', 'images')).toMatchObject({ exitCode: 0, codes: [] })
  expect(place.tree()).toEqual(whole)
})

test('another address that nobody pins: the download and what was made of it', async () => {
  const { place, change, asked, host } = await world()
  host.serve('/other/LICENSE', Buffer.from('MIT\n'))
  await place.run('build')
  asked()
  change(`${host.url}/LICENSE`, `${host.url}/other/LICENSE`)
  const foretold = await place.run('build', '--dry-run')
  expect(foretold.events[0]).toMatchObject({
    steps: expect.arrayContaining([
      expect.objectContaining({ task: expect.stringMatching(/^download:LICENSE/), verdict: 'stale' }),
    ]),
  })
  const ran = await place.run('accept', 'images')
  expect(ran.codes).toEqual([])
  expect(told(ran, 'accepted')).toEqual(['download:LICENSE', 'file:images/LICENSE.txt'])
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 10, requests: 0 })
  // Once more: what was accepted has an heir as well.
  change('/other/LICENSE', '/LICENSE?raw')
  expect(told(await place.run('accept', 'images'), 'accepted')).toEqual([
    'download:LICENSE',
    'file:images/LICENSE.txt',
  ])
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 10, requests: 0 })
  expect(asked()).toEqual([])

  // Nobody saw these bytes come from there: no digest of theirs is locked.
  host.serve('/LICENSE?raw', Buffer.from('GPL\n'))
  await place.run('lock')
  expect(place.read('datasets.lock.yaml')).not.toContain(sha256Of('MIT\n'))
})

test('what must be counted is counted', async () => {
  const { place, change, asked } = await world()
  await place.run('build')
  asked()
  change('records: 2', 'records: 3')
  const ran = await place.run('accept', 'images')
  expect(ran).toMatchObject({ exitCode: 0, codes: [] })
  expect(told(ran, 'accepted')).toEqual([])
  expect(told(ran, 'left')).toEqual(['expect:images', 'images:images/notes.json', 'json:images/notes.json'])
  expect((await place.text('accept', 'images')).stdout).toMatch(
    /^left {6}json images\/notes\.json +stale: records changed: 2 → 3 .*\n(left .*\n){2}Nothing to accept\. The next build runs 3 tasks that cannot be accepted\.\n$/,
  )
  expect((await place.run('build')).codes).toEqual(['wrong-record-count'])
  expect(asked()).toEqual([])
})

test('nothing is accepted that was not built', async () => {
  const { place, change } = await world()
  expect(await refused(await builtOnly(place, 'masks'), 'not-built', 'playground')).toMatchObject({
    exitCode: 1,
    codes: ['not-built'],
  })
  await place.run('build')
  change(
    'unzip: { root: pack/masks }',
    "unzip: { root: pack/masks }\n    rename:\n      - { match: '**', to: '{name}' }",
  )
  expect((await place.run('accept', 'masks')).codes).toEqual(['not-built'])
})

async function builtOnly(place: Ground, target: string): Promise<Ground> {
  await place.run('build', target)
  return place
}

test('a pin is never said of other bytes', async () => {
  const { place, change } = await world()
  await place.run('build')
  change(sha256Of(pictures), sha256Of('other pictures'))
  expect(await refused(place, 'pinned-otherwise', 'playground')).toMatchObject({ exitCode: 1 })
  change(sha256Of('other pictures'), sha256Of(pictures))
  change(sha256Of(records), sha256Of('other records'))
  expect((await place.run('accept', 'images')).codes).toEqual(['pinned-otherwise'])
  change(sha256Of('other records'), sha256Of(records))
  // A size, and a digest that was not looked for.
  change('file: LICENSE.txt', 'file: LICENSE.txt\n        size: 5')
  expect((await place.run('accept', 'images')).codes).toEqual(['pinned-otherwise'])
  change('        size: 5', `        md5: ${'0'.repeat(32)}`)
  expect(await refused(place, 'pinned-otherwise.unknown', 'images')).toMatchObject({ exitCode: 1 })
  change('0'.repeat(32), `${'0'.repeat(31)}1`)
  // With the right ones nothing needs to be accepted.
  change(`        md5: ${'0'.repeat(31)}1`, `        sha256: ${sha256Of('MIT\n')}`)
  expect(await place.run('accept', 'images')).toMatchObject({ exitCode: 0, codes: [] })
})

test('what lies there otherwise than it was built is not the result', async () => {
  const { place, change } = await world()
  await place.run('build')
  change('root: pack/masks', 'root: auto')
  writeFileSync(join(place.root, 'masks/a.png'), 'painted over')
  expect(await refused(place, 'output-damaged', 'masks')).toMatchObject({ exitCode: 1 })
  change('root: auto', 'root: pack/masks')
  expect((await place.run('accept', 'masks')).codes).toEqual(['output-damaged'])
  rmSync(join(place.root, 'masks/a.png'))
  await place.run('build')

  change('unzip: { root: pack/masks }', 'unzip: { root: pack/masks, into: all }')
  expect((await place.run('accept', 'masks')).codes).toEqual(['not-built'])
  change('unzip: { root: pack/masks, into: all }', 'unzip: { root: pack/masks }')
  change('unzip: { root: pack/images }', 'unzip: { root: pack/images, into: all }')
  expect(await refused(place, 'not-the-same', 'images')).toMatchObject({ exitCode: 1 })
  change('unzip: { root: pack/images, into: all }', 'unzip: { root: pack/images }')
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
})

test('without rules again, what was renamed does not lie as it would', async () => {
  const { place, change } = await world()
  change("    rename:\n      - { match: '*.png', to: '{stem}.jpg' }\n    expect: { files: 4 }\n", '')
  await place.run('build')
  change(
    'root: pack/masks }',
    "root: pack/masks }\n    rename:\n      - { match: '*.png', to: 'new-{name}' }",
  )
  await place.run('build')
  change(
    "root: pack/masks }\n    rename:\n      - { match: '*.png', to: 'new-{name}' }",
    'root: pack/masks }',
  )
  // The definition of what lay there first is as it was; its files are not.
  expect((await place.run('accept', 'masks')).codes).toEqual(['output-damaged'])
})

test('an archive that other targets share is theirs as well', async () => {
  const { place, change, host } = await world()
  change(`    sha256: ${sha256Of(pictures)}\n    size: ${pictures.length}\n`, '')
  await place.run('build')
  change(`${host.url}/pack.zip`, `${host.url}/moved/pack.zip`)
  const one = await place.run('accept', 'masks')
  expect(one).toMatchObject({ exitCode: 2, codes: ['bad-usage'] })
  expectGolden('accept/bad-usage.shared', one.diagnostics)
  const both = await place.run('accept', 'playground')
  expect(both).toMatchObject({ exitCode: 0, codes: [] })
  expect(told(both, 'accepted')).toEqual(['download:pack.zip', 'unzip:images', 'unzip:masks'])
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: everything.length, requests: 0 })
  expect(place.tree()).toEqual(whole)
  expect(await place.run('accept')).toMatchObject({ exitCode: 2, codes: ['bad-usage'] })
})

test('a part of the files is never said to be all of them', async () => {
  const { place } = await world()
  await place.run('build', '--only-needed')
  const ran = await refused(place, 'not-the-same.partial', 'images')
  expect(ran.codes).toContain('not-the-same')
})

test('a file of this machine in another place may be the same only if it has the same size', async () => {
  const place = ground()
  place.write('notes.txt', 'notes')
  place.write('moved/notes.txt', 'other notes')
  place.spec('targets:\n  notes: { sources: [{ url: notes.txt, file: notes.txt }] }\n')
  await place.run('build')
  place.spec('targets:\n  notes: { sources: [{ url: moved/notes.txt, file: notes.txt }] }\n')
  expect(await refused(place, 'not-the-same.size', 'notes')).toMatchObject({ exitCode: 1 })
  place.write('moved/notes.txt', 'seton')
  expect(await place.run('accept', 'notes')).toMatchObject({ exitCode: 0, codes: [] })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
})
