/** With --only-needed only what annotations of the same build refer to is fetched and unpacked. */

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Receipt } from '../../lib/model/receipt.ts'
import { openReceipts, type Receipts } from '../../lib/receipts/receipts.ts'
import { expectGolden } from '../rig/golden.ts'
import { sha256Of } from '../rig/playground.ts'
import { annotation, images, world } from './needed-world.ts'
import { foretold, noise, positions, tail } from './pieces.ts'

test('the directory and what the annotation names', async () => {
  const { place, asked } = await world()
  const plan = foretold(await place.run('build', '--only-needed', '--dry-run'))
  expect(plan.steps.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
    'download unsettled',
    'download stale',
    'json stale',
    'unzip stale',
    'images stale',
  ])
  // Nobody can know before the annotation is here.
  expect(plan.steps.find(({ kind }) => kind === 'unzip')).toMatchObject({ download: null })
  expect(asked()).toEqual([])
  const ran = await place.run('build', '--only-needed')
  expect(asked().toSorted()).toEqual(['/pack.zip bytes=0-0', tail, positions(3, 4), positions(20)].toSorted())
  expect(ran.codes).toEqual([])
  expect(ran.summary).toMatchObject({ ran: 4, failed: 0, skipped: 0, exitCode: 0 })
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
  expect(place.tree()['birds/images/3.jpg']).toBe(sha256Of(noise('3')))
  expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
})

test('again it is fresh; without the option it is completed', async () => {
  const { place, asked } = await world()
  await place.run('build', '--only-needed')
  asked()
  for (let times = 0; times < 2; times += 1)
    expect((await place.run('build', '--only-needed')).summary).toMatchObject({ ran: 0, requests: 0 })
  const plain = foretold(await place.run('build', '--dry-run'))
  expect(plain.steps.find(({ kind }) => kind === 'unzip')).toMatchObject({
    verdict: 'stale',
    reason: { code: 'definition-changed' },
  })
  expect(asked()).toEqual([])
  const ran = await place.run('build')
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(images(place)).toHaveLength(40)
  // What is whole stays whole.
  expect((await place.run('build', '--only-needed')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect(images(place)).toHaveLength(40)
})

test('status and why say in plain words what is not there, and that a plain build would add it', async () => {
  const { place, change } = await world({ rename: "rename: [{ match: '*.png', to: '{stem}.jpg' }]" })
  await place.run('build', '--only-needed')
  const state = (await place.run('status')).events.find(({ target }) => target === 'birds/images')
  expect(state).toMatchObject({
    state: 'stale',
    files: 3,
    why: 'built with --only-needed, and all of its files are wanted',
  })
  const why = (await place.text('why', 'birds/images')).stdout
  expect(why).toContain('stale: built with --only-needed, and all of its files are wanted\n')
  change('{ images: / }', '{ images: /birds }')
  expect((await place.text('why', 'birds/images', '--only-needed')).stdout).toContain(
    'stale: other annotations say what is needed: images below / → /birds',
  )
})

test('an annotation that gains an image fetches that one', async () => {
  const { place, host, change, asked } = await world()
  await place.run('build', '--only-needed')
  asked()
  change('/notes.json', '/more/notes.json')
  host.serve('/more/notes.json', annotation('3.jpg', '20.jpg', '30.jpg'))
  const ran = await place.run('build', '--only-needed')
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(asked().toSorted()).toEqual(['/pack.zip bytes=0-0', tail, positions(30)].toSorted())
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '30.jpg'])
})

test('a lost file of what is needed comes back alone', async () => {
  const { place, asked } = await world()
  await place.run('build', '--only-needed')
  asked()
  rmSync(join(place.root, 'birds/images/4.jpg'))
  const ran = await place.run('build', '--only-needed')
  expect(ran.summary).toMatchObject({ ran: 1, repaired: 1, filesWritten: 1, exitCode: 0 })
  expect(asked()).toContain(positions(4))
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
})

test('names after rename count', async () => {
  // No file that is needed has the name of the first rule: no reason to complain.
  const rename = "rename: [{ match: '11.jpg', to: 'eleven.jpg' }, { match: '*.jpg', to: '{stem}.jpeg' }]"
  const { place } = await world({ rename, needed: annotation('7.jpeg') })
  const ran = await place.run('build', '--only-needed')
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(ran.codes).toEqual([])
  expect(images(place)).toEqual(['7.jpeg'])
  expect((await place.run('build', '--only-needed')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('nothing of a target is needed: said, and nothing is fetched', async () => {
  const { place, asked } = await world({ needed: Buffer.from('[{"id": 1, "image": "cats/1.jpg"}]') })
  const ran = await place.run('build', '--only-needed')
  // And training would miss what is named instead.
  expect(ran.codes).toEqual(['nothing-needed', 'images-missing'])
  expect(ran.summary).toMatchObject({ failed: 1, exitCode: 1 })
  expect(asked()).toEqual([])
  expectGolden('cli/nothing-needed', ran.diagnostics.slice(0, 1))
  expect((await place.run('build', '--only-needed')).summary).toMatchObject({
    ran: 0,
    failed: 1,
    requests: 0,
  })
})

test('without an annotation among what is built nothing is needed either', async () => {
  const { place, asked } = await world()
  const ran = await place.run('build', 'birds/images', '--only-needed')
  expect(ran.codes).toEqual(['nothing-needed'])
  expect(asked()).toEqual([])
  // Together with one, it is.
  await place.run('build', 'all', '--only-needed')
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
})

test('alone, a target that annotations chose stays as it is, and its lost files come back', async () => {
  const { place, change, asked } = await world()
  await place.run('build', 'all', '--only-needed')
  asked()
  expect(await place.run('build', 'birds/images', '--only-needed')).toMatchObject({
    codes: [],
    summary: { ran: 0, requests: 0, exitCode: 0 },
  })
  rmSync(join(place.root, 'birds/images/4.jpg'))
  const ran = await place.run('build', 'birds/images', '--only-needed')
  expect(ran).toMatchObject({ codes: [], summary: { ran: 1, repaired: 1, exitCode: 0 } })
  expect(asked()).toContain(positions(4))
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
  // Who chose them is not in the spec any more.
  change(/ {2}notes:[^]*/, '')
  change(', notes]', ']')
  const refused = await place.run('build', 'birds/images', '--only-needed')
  expect(refused).toMatchObject({ exitCode: 1, codes: ['nothing-needed'] })
  expectGolden('cli/nothing-needed.before', refused.diagnostics)
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
})

test('what was built in full stays so, also where its repair was killed', async () => {
  const { place } = await world()
  await place.run('build')
  for (const names of [['all'], ['birds/images']])
    expect(await place.run('build', ...names, '--only-needed')).toMatchObject({
      codes: [],
      summary: { ran: 0, requests: 0, exitCode: 0 },
    })
  expect(images(place)).toHaveLength(40)
  const receipts = openReceipts(join(place.root, '.groundwork'), { readOnly: false, runId: 'killed' })
  const { manifest = '', digest = '' } = receiptOf(receipts)
  receipts.started('unzip:birds/images', { at: 'birds/images', manifest, digest })
  receipts.close()
  rmSync(join(place.root, 'birds/images/7.jpg'))
  expect(await place.run('build', '--only-needed')).toMatchObject({ codes: [], exitCode: 0 })
  expect(images(place)).toHaveLength(40)
})

function receiptOf(receipts: Receipts): Partial<Receipt> {
  const memory = receipts.memoryOf('unzip:birds/images')
  return memory?.state === 'done' ? memory.receipt : {}
}

test('verify holds it against what was needed, and names what training would miss', async () => {
  const { place, host, change } = await world()
  await place.run('build', '--only-needed')
  expect(await place.run('verify')).toMatchObject({ exitCode: 0, codes: [] })
  expect(await place.run('verify', 'birds/images')).toMatchObject({ exitCode: 0, codes: [] })
  change('/notes.json', '/more/notes.json')
  host.serve('/more/notes.json', annotation('3.jpg', '4.jpg', '20.jpg', '30.jpg'))
  await place.run('build', 'notes', '--only-needed')
  const verified = await place.run('verify')
  expect(verified).toMatchObject({ exitCode: 1, codes: ['images-missing'] })
  expect(verified.diagnostics[0]?.evidence).toContainEqual(
    expect.objectContaining({ label: 'such as', text: 'birds/images/30.jpg is not there (record 4)' }),
  )
  rmSync(join(place.root, 'birds/images/4.jpg'))
  expect((await place.run('verify')).codes).toEqual(['output-damaged', 'images-missing'])
  // Built whole, its count is checked again.
  await place.run('build')
  change('files: 40', 'files: 41')
  expect((await place.run('verify')).codes).toEqual(['wrong-file-count'])
})
