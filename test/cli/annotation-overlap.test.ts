/** An annotation is checked while it arrives: what is wrong with it is known before it is there, and what is placed is what was checked. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gate, megabyte } from '../rig/arriving.ts'
import { expectPairs, type Ran, type Running, sha256Of, zip } from '../rig/playground.ts'
import { annotation, count, heldBack, treeOf, world } from './annotation-world.ts'

const order = ({ events }: Ran): readonly string[] =>
  events
    .filter(({ event }) => /^task-(started|finished|failed|stopped)$/.test(event))
    .map(({ event, kind }) => `${String(kind)} ${event.replace('task-', '')}`)

/** Resolves when some of it was checked. */
const checked = (running: Running): Promise<unknown> =>
  running.until(({ event, kind, done }) => event === 'task-progress' && kind === 'json' && Number(done) > 0)

test('records are checked before the file is there, and placed after it', async () => {
  const content = annotation()
  const { place, host } = await world({ content, json: `{ records: ${count} }` })
  const { opened, open } = gate()
  host.serve('/mix.json', content, { does: 'wait', ...heldBack, until: opened })
  const running = place.start('build')
  await checked(running)
  expect(existsSync(join(place.root, 'notes'))).toBe(false)
  open()
  const ran = await running.end
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, skipped: 0, exitCode: 0 })
  expect(order(ran)).toEqual(['download started', 'json started', 'download finished', 'json finished'])
  expect(place.tree()).toEqual(treeOf(content))
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect(existsSync(join(place.root, '.groundwork/archives'))).toBe(false)
})

test('what the spec names later for the same folder is placed meanwhile', async () => {
  const content = annotation()
  const { place, host } = await world({ content, more: ', { url: pack.zip }' })
  place.write('pack.zip', zip({ 'a.jpg': 'a' }))
  const { opened, open } = gate()
  host.serve('/mix.json', content, { does: 'wait', ...heldBack, until: opened })
  const running = place.start('build')
  await running.until(({ event, kind }) => event === 'task-finished' && kind === 'unzip')
  expect(Object.keys(place.tree())).toEqual(['notes/a.jpg'])
  open()
  expect((await running.end).summary).toMatchObject({ ran: 4, failed: 0, exitCode: 0 })
})

test('a mistake is told when it has come, and the rest is not fetched', async () => {
  const content = annotation({ flaw: 3000 })
  const { place, host } = await world({ content })
  const { opened } = gate()
  host.serve('/mix.json', content, { does: 'wait', ...heldBack, until: opened })
  const ran = await place.run('build')
  expect(ran.codes).toEqual(['invalid-json'])
  expect(ran.diagnostics[0]?.message).toBe('mix.json is not valid JSON: record 3,001 has a mistake.')
  expectPairs(ran.events)
  expect(order(ran)).toEqual(['download started', 'json started', 'json failed', 'download stopped'])
  expect(ran.summary).toMatchObject({ failed: 1, skipped: 1, stopped: 1, exitCode: 1 })
  expect(ran.summary.bytesDownloaded).toBeLessThan(content.length)
  // The next build reads what came: it is told before anything else comes.
  const again = await place.run('build')
  expect(again.codes).toEqual(['invalid-json'])
  expect(place.tree()).toEqual({})
})

test('of one with a pin it is told when the file is the one that was wanted', async () => {
  const content = annotation({ flaw: 3000 })
  const { place } = await world({ content, pin: sha256Of(content) })
  const ran = await place.run('build')
  expect(ran.codes).toEqual(['invalid-json'])
  expect(ran.summary).toMatchObject({ ran: 1, failed: 1, skipped: 0, exitCode: 1 })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, failed: 1, requests: 0 })
})

test('another file at the first address: what is placed is that of the next one', async () => {
  const content = annotation({ seed: 'b' })
  const { place, host } = await world({
    content: annotation({ flaw: 100 }),
    pin: sha256Of(content),
    mirrors: ['mirror.json'],
  })
  host.serve('/mirror.json', content)
  const ran = await place.run('build')
  expect(ran.codes).toEqual(['digest-mismatch'])
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual(treeOf(content))
})

test('a file that is replaced in the middle is checked from its beginning', async () => {
  const [before, after] = [annotation({ flaw: count - 100 }), annotation({ seed: 'bc' })]
  const { place, host } = await world({ content: before, hosts: '{ 127.0.0.1: { connections: 1 } }' })
  host.serve('/mix.json', before, { does: 'status', status: 503, retryAfter: '1' })
  host.script('/mix.json', [{ does: 'cut', after: 3 * megabyte }])
  const running = place.start('build')
  await checked(running)
  host.serve('/mix.json', after)
  const ran = await running.end
  expect(ran.codes).toEqual(['source-changed'])
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(order(ran).slice(0, 2)).toEqual(['download started', 'json started'])
  expect(place.tree()).toEqual(treeOf(after))
})

test('killed in the middle: nothing is placed, and the next build makes it so', async () => {
  const content = annotation()
  const { place, host } = await world({ content })
  const { opened } = gate()
  host.serve('/mix.json', content, { does: 'wait', ...heldBack, until: opened })
  const running = place.start('build')
  await checked(running)
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  expect(place.tree()).toEqual({})
  host.serve('/mix.json', content)
  const again = await place.run('build')
  expect(again.summary).toMatchObject({ ran: 2, exitCode: 0 })
  expect(order(again)).toEqual(['download started', 'json started', 'download finished', 'json finished'])
  expect(place.tree()).toEqual(treeOf(content))
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('a wrong number of records is told at the end, and the file need not come again', async () => {
  const content = annotation()
  const { place } = await world({ content, json: `{ records: ${count + 1} }` })
  const ran = await place.run('build')
  expect(ran.codes).toEqual(['wrong-record-count'])
  expect(ran.summary).toMatchObject({ ran: 1, failed: 1, skipped: 0 })
  place.spec(
    place
      .read('datasets.yaml')
      .replace(`${count + 1}`, `${count}`)
      .replace(/^version: 1\nroot: data\n/, ''),
  )
  expect((await place.run('build')).summary).toMatchObject({ ran: 1, requests: 0, exitCode: 0 })
  expect(place.tree()).toEqual(treeOf(content))
})
