/** A target that gets another name in the spec: its files are moved, nothing is fetched or made again. */

import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Ground, ground, mirror, zip } from '../rig/playground.ts'
import { foretoldAndDone } from './world.ts'

const pictures = Object.fromEntries(
  Array.from({ length: 30 }, (_, i) => [`pack/${i % 3}/${i}.jpg`, `picture ${i}`]),
)

async function built(name = 'vg/images') {
  const place = ground()
  const host = await mirror()
  host.serve('/pack.zip', zip(pictures))
  host.serve('/LICENSE', Buffer.from('Do as you like.'))
  const spec = (...names: readonly string[]) =>
    place.spec(`targets:\n${names.map(of => target(of, host.url)).join('')}`)
  spec(name)
  await place.run('build')
  const tree = place.tree()
  const first = host.requests.length
  const asked = (): number => host.requests.length - first
  return { place, spec, tree, asked }
}

const target = (name: string, url: string): string => `  ${name}:
    sources:
      - { url: ${url}/pack.zip, unzip: { root: pack } }
      - { url: ${url}/LICENSE, file: LICENSE.txt }
    rename: [{ match: '**/*.jpg', to: '{dir}/n{stem}.jpg' }]
    expect: { files: 31 }
`

const below = (tree: Ground['tree'] extends () => infer T ? T : never, was: string, now: string) =>
  Object.fromEntries(
    Object.entries(tree).map(([path, digest]) => [path.replace(`${was}/`, `${now}/`), digest]),
  )

test('its files are moved, its records go with them, and no request is sent', async () => {
  const { place, spec, tree, asked } = await built()
  spec('visual_genome')
  expect((await place.run('status')).events.find(({ event }) => event === 'status')).toMatchObject({
    target: 'visual_genome',
    state: 'stale',
    why: 'lies in vg/images/LICENSE.txt: moved, not made again',
  })
  const { summary, started } = await foretoldAndDone(place)
  expect(started).toEqual(['file:visual_genome/LICENSE.txt', 'rename:visual_genome'])
  expect(summary).toMatchObject({ ran: 2, requests: 0, bytesDownloaded: 0, exitCode: 0 })
  expect(place.tree()).toEqual(below(tree, 'vg/images', 'visual_genome'))
  expect(existsSync(join(place.root, 'vg'))).toBe(false)
  const before = place.listing()
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect(place.listing()).toEqual(before)
  // Back again.
  spec('vg/images')
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, requests: 0 })
  expect(place.tree()).toEqual(tree)
  expect(asked()).toBe(0)
})

test('a build that was ended on the way, or a hand that moved the folder before', async () => {
  const { place, spec, tree, asked } = await built('a')
  const [from, to] = [join(place.root, 'a'), join(place.root, 'b')]
  mkdirSync(to)
  renameSync(join(from, '0'), join(to, '0'))
  spec('b')
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, requests: 0 })
  expect(place.tree()).toEqual(below(tree, 'a', 'b'))
  renameSync(to, join(place.root, 'c'))
  spec('c')
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, requests: 0 })
  expect(place.tree()).toEqual(below(tree, 'a', 'c'))
  expect(asked()).toBe(0)
})

test('what a person put there stays; what stands in the way is moved aside', async () => {
  const { place, spec, tree } = await built('a')
  writeFileSync(join(place.root, 'a/0/mine.txt'), 'mine')
  mkdirSync(join(place.root, 'b/1'), { recursive: true })
  writeFileSync(join(place.root, 'b/1/n1.jpg'), 'mine, too')
  spec('b')
  expect(await place.run('build')).toMatchObject({ codes: ['edited-by-hand'], summary: { requests: 0 } })
  expect(place.tree()).toEqual({ ...below(tree, 'a', 'b'), 'a/0/mine.txt': expect.any(String) })
  const [run = ''] = readdirSync(join(place.root, '.groundwork/aside'))
  expect(place.read(`data/.groundwork/aside/${run}/b/1/n1.jpg`)).toBe('mine, too')
})

test('a result that is not whole any more is nobody’s: it is made anew, and left as it is', async () => {
  const { place, spec, tree, asked } = await built('a')
  writeFileSync(join(place.root, 'a/0/n0.jpg'), 'edited by hand')
  spec('b')
  const { summary } = await foretoldAndDone(place)
  expect(summary).toMatchObject({ exitCode: 0 })
  expect(asked()).toBeGreaterThan(0)
  for (const [path, digest] of Object.entries(below(tree, 'a', 'b')))
    expect(place.tree()).toHaveProperty([path], digest)
  expect(place.read('data/a/0/n0.jpg')).toBe('edited by hand')
})

test('made anew under its new name, its old record goes with the old files: the next equal target goes on with another one', async () => {
  const place = ground()
  const host = await mirror()
  host.serve('/pack.zip', zip(pictures))
  const spec = (...names: readonly string[]) =>
    place.spec(
      `targets:\n${names.map(name => `  ${name}: { sources: [{ url: ${host.url}/pack.zip }] }\n`).join('')}`,
    )
  spec('a', 'b')
  await place.run('build')
  const tree = place.tree()
  spec('c', 'b')
  expect((await place.run('build', '--force')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(existsSync(join(place.root, 'a'))).toBe(false)
  expect((await place.run('prune')).events.filter(({ event }) => event === 'prune')).toEqual([])
  spec('c', 'd')
  expect((await place.run('build')).summary).toMatchObject({ ran: 1, requests: 0 })
  expect(place.tree()).toEqual(below(below(tree, 'a', 'c'), 'b', 'd'))
})

test('a second target of the same sources takes nothing from the first', async () => {
  const { place, spec, tree } = await built('a')
  spec('a', 'b')
  await place.run('build')
  expect(place.tree()).toEqual({ ...tree, ...below(tree, 'a', 'b') })
})

test.each([
  ['one that lies within the old one', 'a', 'a/b/c'],
  ['the one that the old one lies in', 'a/b/c', 'a'],
])('to a folder that is %s', async (_, was, now) => {
  const { place, spec, tree, asked } = await built(was)
  spec(now)
  const { summary } = await foretoldAndDone(place)
  expect(summary).toMatchObject({ ran: 2, requests: 0, exitCode: 0 })
  expect(place.tree()).toEqual(below(tree, was, now))
  expect(existsSync(join(place.root, 'a/b'))).toBe(was === 'a')
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  spec(was)
  // As if it had been ended on the way.
  mkdirSync(join(place.root, was), { recursive: true })
  renameSync(join(place.root, now, '1'), join(place.root, was, '1'))
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, requests: 0, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  expect(asked()).toBe(0)
})

test.each([
  ['a', 'a/0'],
  ['a/0', 'a'],
])('from %s to %s, where the tree has such a folder itself: it is made anew', async (was, now) => {
  const { place, spec, tree } = await built(was)
  spec(now)
  expect((await place.run('build')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  for (const [path, digest] of Object.entries(below(tree, was, now)))
    expect(place.tree()).toHaveProperty([path], digest)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('pruned before it is built: nothing of it is taken', async () => {
  const { place, spec, tree } = await built('a')
  spec('b')
  expect((await place.run('prune', '--yes')).events).toContainEqual(
    expect.objectContaining({ event: 'prune', task: 'rename:a', unbuilt: 'b', removed: false }),
  )
  expect(place.tree()).toEqual(tree)
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, requests: 0 })
  expect(place.tree()).toEqual(below(tree, 'a', 'b'))
})

test('a source that moves to another target: what it has in common is one file, what differs is refused', async () => {
  const place = ground()
  place.write('a.zip', zip({ 'x.jpg': 'x', 'same.txt': 'same' }))
  place.write('b.zip', zip({ 'y.jpg': 'y', 'same.txt': 'same' }))
  place.write('c.zip', zip({ 'z.jpg': 'z', 'same.txt': 'another' }))
  const spec = (targets: Readonly<Record<string, string>>) =>
    place.spec(
      `targets:\n${Object.entries(targets)
        .map(([name, archives]) => `  ${name}: { sources: [${archives}] }\n`)
        .join('')}`,
    )
  const [a, b, c] = ['{ url: a.zip }', '{ url: b.zip }', '{ url: c.zip }']
  spec({ one: a, two: b, three: c })
  await place.run('build')
  const before = place.tree()
  spec({ one: `${a}, ${c}`, two: b })
  expect(await place.run('build')).toMatchObject({ exitCode: 1, codes: ['place-clash'] })
  expect(place.tree()).toEqual(before)
  spec({ one: `${a}, ${b}`, three: c })
  expect((await place.run('build')).summary).toMatchObject({ exitCode: 0, ran: 1 })
  expect(Object.keys(place.tree())).toEqual([
    'one/same.txt',
    'one/x.jpg',
    'one/y.jpg',
    'three/same.txt',
    'three/z.jpg',
  ])
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
})
