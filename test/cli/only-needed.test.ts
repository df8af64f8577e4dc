/** With --only-needed only what annotations of the same build refer to is fetched and unpacked. */

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import type { Receipt } from '../../lib/model/receipt.ts'
import { openReceipts, type Receipts } from '../../lib/receipts/receipts.ts'
import { expectGolden } from '../rig/golden.ts'
import { type Ground, ground, mirror, sha256Of } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'
import { archive, fileBytes, foretold, noise, pictures, positions, tail } from './pieces.ts'

const annotation = (...names: readonly string[]): Buffer =>
  Buffer.from(JSON.stringify(names.map((name, i) => ({ id: i, image: `birds/images/${name}` }))))

interface World {
  readonly place: Ground
  readonly host: Mirror
  /** The spec with a part of it replaced. */
  readonly change: (from: string | RegExp, to: string) => void
  readonly asked: () => readonly string[]
}

interface Wanted {
  readonly rename?: string
  readonly needed?: Buffer
}

async function world({
  rename = '',
  needed = annotation('3.jpg', '4.jpg', '20.jpg'),
}: Wanted = {}): Promise<World> {
  const [place, host] = [ground(), await mirror()]
  const change = (from: string | RegExp, to: string): void =>
    place.spec(place.read('datasets.yaml').replace('version: 1\nroot: data\n', '').replace(from, to))
  place.spec(`groups: { all: [birds/images, notes] }
targets:
  birds/images:
    sources:
      - { url: "${host.url}/pack.zip", unzip: { root: images } }
    ${rename}
    expect: { files: 40 }
  notes:
    sources:
      - { url: "${host.url}/notes.json", json: { images: / } }
`)
  host.serve('/pack.zip', archive)
  host.serve('/notes.json', needed)
  let seen = 0
  const asked = (): readonly string[] => {
    const lines = host.requests.slice(seen).map(({ path, range }) => `${path} ${range ?? 'whole'}`)
    seen = host.requests.length
    return lines.filter(line => !line.includes('/notes.json'))
  }
  return { place, host, change, asked }
}

const images = (place: Ground): readonly string[] =>
  Object.keys(place.tree())
    .filter(path => path.startsWith('birds/'))
    .map(path => path.replace('birds/images/', ''))
    .toSorted()

test('the directory and what the annotation names', async () => {
  const { place, asked } = await world()
  const plan = foretold(await place.run('build', '--only-needed', '--dry-run'))
  expect(plan.steps.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
    'download unsettled',
    'download stale',
    'json stale',
    'unzip stale',
  ])
  // Nobody can know before the annotation is here.
  expect(plan.steps.at(-1)).toMatchObject({ download: null })
  expect(asked()).toEqual([])
  const ran = await place.run('build', '--only-needed')
  expect(asked().toSorted()).toEqual(['/pack.zip bytes=0-0', tail, positions(3, 4), positions(20)].toSorted())
  expect(ran.codes).toEqual([])
  expect(ran.summary).toMatchObject({ ran: 3, failed: 0, skipped: 0, exitCode: 0 })
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
  const { place } = await world({ rename, needed: annotation('7.jpeg', '8.jpg') })
  const ran = await place.run('build', '--only-needed')
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(ran.codes).toEqual([])
  expect(images(place)).toEqual(['7.jpeg'])
  expect((await place.run('build', '--only-needed')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('nothing of a target is needed: said, and nothing is fetched', async () => {
  const { place, asked } = await world({ needed: Buffer.from('[{"id": 1, "image": "cats/1.jpg"}]') })
  const ran = await place.run('build', '--only-needed')
  expect(ran.codes).toEqual(['nothing-needed'])
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(asked()).toEqual([])
  expectGolden('cli/nothing-needed', ran.diagnostics)
  expect((await place.run('build', '--only-needed')).summary).toMatchObject({ ran: 0, requests: 0 })
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
    expect.objectContaining({ label: 'such as', text: 'birds/images/30.jpg' }),
  )
  rmSync(join(place.root, 'birds/images/4.jpg'))
  expect((await place.run('verify')).codes).toEqual(['images-missing', 'output-damaged'])
  // Built whole, its count is checked again.
  await place.run('build')
  change('files: 40', 'files: 41')
  expect((await place.run('verify')).codes).toEqual(['wrong-file-count'])
})

test('nearly all is needed: the whole archive is fetched, and what is not needed is left out', async () => {
  const { place, asked } = await world({
    needed: annotation(...pictures.slice(0, 36).map((_, i) => `${i}.jpg`)),
  })
  const ran = await place.run('build', '--only-needed')
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(asked()).toContain('/pack.zip whole')
  expect(images(place)).toHaveLength(36)
})

test('a host without ranges: the whole archive is fetched', async () => {
  const { place, host } = await world()
  host.serve('/pack.zip', archive, { does: 'no-ranges' })
  expect((await place.run('build', '--only-needed')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
})

test('a file of this machine is read in place', async () => {
  const { place, change } = await world()
  place.write('pack.zip', archive)
  change(/http[^"]*pack.zip/, 'pack.zip')
  const ran = await place.run('build', '--only-needed')
  expect(ran.started).toEqual(expect.arrayContaining(['unzip:birds/images']))
  expect(ran.started.filter(task => task.startsWith('download:pack'))).toEqual([])
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
})

test('wrong bytes in a range: the entry does not have its checksum, and the whole archive decides', async () => {
  const { place, host } = await world()
  host.script('/pack.zip', [
    { does: 'normal' },
    { does: 'normal' },
    { does: 'wrong-bytes' },
    { does: 'wrong-bytes' },
  ])
  expect((await place.run('build', '--only-needed')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(place.tree()['birds/images/3.jpg']).toBe(sha256Of(noise('3')))
})

test('killed in the middle: what was unpacked stays, what came is not fetched twice', async () => {
  const { place, host } = await world()
  const at = 20 * (fileBytes + 40)
  host.serve('/pack.zip', archive, { does: 'wait', from: at, to: at + 1000, until: new Promise(() => {}) })
  const running = place.start('build', '--only-needed')
  const first = join(place.root, '.groundwork/shelf/unzip~2birds~1images/files/3.jpg')
  await expect.poll(() => existsSync(first), { timeout: 20_000 }).toBe(true)
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  host.serve('/pack.zip', archive)
  const ran = await place.run('build', '--only-needed')
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
})

test('two targets of one pinned archive: each takes its own, and its digest says that they may', async () => {
  const { place, host } = await world()
  const both = zipOf([
    ...pictures,
    ...pictures.map(({ name, content }) => ({ name: name.replace('images/', 'masks/'), content })),
  ])
  host.serve('/both.zip', both)
  host.serve(
    '/notes.json',
    Buffer.from('[{"image": "birds/images/3.jpg"}, {"image": ["birds/masks/9.jpg"]}]'),
  )
  place.spec(`downloads: { pack: { url: "${host.url}/both.zip", size: ${both.length}, sha256: ${sha256Of(both)} } }
targets:
  birds/images: { sources: [{ download: pack, unzip: { root: images } }] }
  birds/masks: { sources: [{ download: pack, unzip: { root: auto } }] }
  notes: { sources: [{ url: "${host.url}/notes.json", json: { images: / } }] }
`)
  const ran = await place.run('build', '--only-needed')
  expect(ran.summary).toMatchObject({ ran: 4, failed: 0, skipped: 0, exitCode: 0 })
  expect(ran.summary.bytesDownloaded).toBeLessThan(both.length / 4)
  expect(Object.keys(place.tree()).filter(path => path.startsWith('birds/'))).toEqual([
    'birds/images/3.jpg',
    'birds/masks/9.jpg',
  ])
})
