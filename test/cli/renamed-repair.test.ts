/** A few lost files of a target with new names come back by ranges of its archives, under the names that they have at the end. */

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { picture } from '../images/rig.ts'
import { type Ground, ground, mirror, sha256Of } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'
import { archive, fileBytes, foretold, killedMidway, noise, pictures, positions, tail } from './pieces.ts'

interface World {
  readonly place: Ground
  readonly host: Mirror
  readonly tree: ReturnType<Ground['tree']>
  /** Ranges asked since the last call, sorted. */
  readonly asked: () => readonly string[]
}

const needed = [1, 3, 5, 8, 12, 20].map(i => `images/${i}.jpeg`)
const rename = "rename: [{ match: '**/*.jpg', to: '{dir}/{stem}.jpeg' }]"

/** Built, and its archives given back. */
async function built({ more = '', second = '', argv = [] as readonly string[] } = {}): Promise<World> {
  const [place, host] = [ground(), await mirror()]
  host.serve('/pack.zip', archive)
  host.serve(
    '/second.zip',
    zipOf(pictures.map(({ name }) => ({ name: `two/${name}`, content: noise(`two ${name}`) }))),
  )
  host.serve('/notes.json', Buffer.from(JSON.stringify(needed.map(image => ({ image })))))
  place.spec(`targets:
  images:
    sources:
      - { url: "${host.url}/pack.zip", unzip: { root: images } }
${second.replace('HOST', host.url)}
    ${rename}
${more.replace('HOST', host.url)}`)
  expect((await place.run('build', ...argv)).summary).toMatchObject({ failed: 0, exitCode: 0 })
  let seen = host.requests.length
  const asked = (): readonly string[] => {
    const lines = host.requests.slice(seen).map(({ path, range }) => `${path} ${range ?? 'whole'}`)
    seen = host.requests.length
    return lines.toSorted()
  }
  return { place, host, tree: place.tree(), asked }
}

const lose = (place: Ground, ...names: readonly string[]): void => {
  for (const name of names) rmSync(join(place.root, 'images', name))
}

test('their ranges and the directory are fetched, as the plan foretold', async () => {
  const { place, tree, asked } = await built()
  lose(place, '3.jpeg', '4.jpeg', '20.jpeg')
  const plan = foretold(await place.run('build', '--dry-run'))
  expect(plan.steps.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
    'download fresh',
    'unzip fresh',
    'rename stale',
  ])
  expect(plan.totals.download).toBeGreaterThan(3 * fileBytes)
  expect(plan.totals.download).toBeLessThan(4 * fileBytes)
  expect(plan.totals.byHost).toEqual({ '127.0.0.1': plan.totals.download })
  expect(asked()).toEqual([])
  const ran = await place.run('build')
  expect(asked()).toEqual(['/pack.zip bytes=0-0', tail, positions(3, 4), positions(20)].toSorted())
  expect(ran.codes).toEqual([])
  expect(ran.started).toEqual(['rename:images'])
  expect(ran.summary).toMatchObject({ ran: 1, repaired: 1, filesWritten: 3, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
  expect((await place.run('why', 'images')).events).toContainEqual(
    expect.objectContaining({
      task: 'rename:images',
      checked: 'SHA-256 of each file against the last record',
    }),
  )
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('with `transcode` the image is fetched, and becomes JPEG again', async () => {
  const [place, host] = [ground(), await mirror()]
  const drawn = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      picture(i % 2 === 0 ? 'png' : 'jpeg', {}, { width: 200 + i, height: 150 }),
    ),
  )
  host.serve('/drawn.zip', zipOf(drawn.map((content, i) => ({ name: `${i}.png`, content }))))
  const spec = `targets: { images: { sources: [{ url: "${host.url}/drawn.zip" }], transcode: jpg } }\n`
  place.spec(spec)
  await place.run('build')
  const tree = place.tree()
  for (const name of ['images/4.jpg', 'images/5.jpg']) {
    rmSync(join(place.root, name))
    const ran = await place.run('build')
    expect(ran).toMatchObject({ codes: [], started: ['rename:images'] })
    expect(ran.summary).toMatchObject({ ran: 1, repaired: 1, filesWritten: 1, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
  }
  // What it knows of digests is still there.
  place.spec(spec.replace('transcode', "rename: [{ match: '4.png', to: 'four.png' }], transcode"))
  expect((await place.run('build')).summary).toMatchObject({ requests: 0, failed: 0 })
  expect(place.tree()['images/four.jpg']).toBe(tree['images/4.jpg'])
})

test('what was edited is moved aside; many lost files take the whole archive', async () => {
  const { place, tree, asked } = await built()
  writeFileSync(join(place.root, 'images/7.jpeg'), 'mine')
  expect(await place.run('build')).toMatchObject({ codes: ['edited-by-hand'], started: ['rename:images'] })
  expect(place.tree()).toEqual(tree)
  asked()
  lose(place, ...Array.from({ length: 9 }, (_, i) => `${i}.jpeg`))
  expect((await place.run('build')).summary).toMatchObject({ ran: 3, failed: 0, exitCode: 0 })
  expect(asked()).toContain('/pack.zip whole')
  expect(place.tree()).toEqual(tree)
})

test('two archives: each gives its own, and where one has no ranges, whole', async () => {
  const { place, host, tree, asked } = await built({
    second: '      - { url: "HOST/second.zip", unzip: { root: two/images, into: two } }',
  })
  lose(place, '3.jpeg', 'two/9.jpeg')
  expect((await place.run('build')).summary).toMatchObject({ ran: 1, repaired: 1, exitCode: 0 })
  expect(asked().filter(line => line.endsWith('whole'))).toEqual([])
  expect(place.tree()).toEqual(tree)
  for (const [name, does] of [
    ['/second.zip', 'no-ranges'],
    ['/pack.zip', 'range-ignored'],
  ] as const) {
    host.serve(name, name === '/pack.zip' ? archive : secondOf(), { does })
    lose(place, '3.jpeg', 'two/9.jpeg')
    expect((await place.run('build')).summary).toMatchObject({
      repaired: 1,
      failed: 0,
      skipped: 0,
      exitCode: 0,
    })
    expect(asked()).toContain(`${name} whole`)
    expect(place.tree()).toEqual(tree)
  }
})

const secondOf = (): Buffer =>
  zipOf(pictures.map(({ name }) => ({ name: `two/${name}`, content: noise(`two ${name}`) })))

test('another archive by now: none of its files is taken for those of before', async () => {
  const { place, host } = await built()
  lose(place, '3.jpeg')
  const other = zipOf(pictures.map(({ name }) => ({ name, content: noise(`other ${name}`) })))
  host.serve('/pack.zip', other, { does: 'tagged', etag: '"other"' })
  expect((await place.run('build')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(place.tree()['images/3.jpeg']).toBe(sha256Of(noise('other images/3.jpg')))
  expect(place.tree()['images/4.jpeg']).toBe(sha256Of(noise('other images/4.jpg')))
})

test('of what only annotations refer to', async () => {
  const { place, tree, asked } = await built({
    more: '  notes: { sources: [{ url: "HOST/notes.json", json: { images: / } }] }\n',
    argv: ['--only-needed'],
  })
  expect(Object.keys(tree).toSorted()).toEqual([...needed, 'notes/notes.json'].toSorted())
  lose(place, '20.jpeg')
  expect((await place.run('build', '--only-needed')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(asked()).toEqual(['/pack.zip bytes=0-0', tail, positions(20)].toSorted())
  expect(place.tree()).toEqual(tree)
})

test('killed in the middle: what came is not fetched twice', async () => {
  const { place, host, tree, asked } = await built()
  lose(place, '3.jpeg', '20.jpeg')
  await killedMidway({ place, host, asked }, 'rename~2images/again/0/files/3.jpg')
  expect((await place.run('build')).summary).toMatchObject({ ran: 1, repaired: 1, exitCode: 0 })
  expect(asked().length).toBeLessThanOrEqual(3)
  expect(place.tree()).toEqual(tree)
  expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
})

test('with --locked the whole archive is fetched, unless the lock file pins its directory', async () => {
  const { place, tree, asked } = await built()
  await place.run('lock')
  await place.run('build')
  lose(place, '3.jpeg')
  asked()
  expect((await place.run('build', '--locked')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(asked()).toContain('/pack.zip whole')
  expect(place.tree()).toEqual(tree)
  await place.run('lock', '--only-needed')
  lose(place, '3.jpeg')
  asked()
  expect((await place.run('build', '--locked')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(asked()).not.toContain('/pack.zip whole')
  expect(place.tree()).toEqual(tree)
})
