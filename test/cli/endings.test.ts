/** Builds that do not come to their end: refused, interrupted, killed, failed. The next one goes on from there. */

import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { expectContract, ground, mirror, sha256Of, zip } from '../rig/playground.ts'
import { everything, pictures, short, whole, world } from './world.ts'

/** Large enough to arrive in several pieces. */
const heavy = zip({ 'images/a.bin': Buffer.alloc(500_000, 'a'), 'images/b.bin': Buffer.alloc(500_000, 'b') })
const heavySpec = (url: string): string => `targets:
  heavy:
    sources:
      - { url: ${url}/heavy.zip, sha256: ${sha256Of(heavy)}, size: ${heavy.length}, unzip: { root: images } }
`

async function slow() {
  const place = ground()
  const host = await mirror()
  host.serve('/heavy.zip', heavy)
  host.script('/heavy.zip', [{ does: 'stall', after: 300_000 }])
  place.spec(heavySpec(host.url))
  return { place, host }
}
const halfway = ({ event, done }: { event: string; [key: string]: unknown }): boolean =>
  event === 'task-progress' && Number(done) > 0
/** Bytes that are safely on disk, by the notes of the partial downloads. */
function keptOnShelf(root: string): number {
  const shelf = join(root, '.groundwork/shelf')
  const notes = readdirSync(shelf, { recursive: true, encoding: 'utf8' }).filter(path =>
    path.endsWith('note.json'),
  )
  const kept = notes.flatMap(
    path => (JSON.parse(readFileSync(join(shelf, path), 'utf8')) as { kept: number[][] }).kept,
  )
  return kept.reduce((sum, [from = 0, to = 0]) => sum + to - from, 0)
}
const heavyTree = {
  'heavy/a.bin': sha256Of(Buffer.alloc(500_000, 'a')),
  'heavy/b.bin': sha256Of(Buffer.alloc(500_000, 'b')),
}

test('Ctrl-C is Ctrl-C where files that no record names would be told of at the end', async () => {
  const { place, host } = await slow()
  place.write('cats.zip', zip({ 'a.jpg': 'cat' }))
  const cats = '  cats: { sources: [{ url: cats.zip }] }\n'
  place.spec(`targets:\n${cats}`)
  await place.run('build')
  place.write('data/cats/mine.txt', 'mine')
  place.spec(heavySpec(host.url) + cats)
  const build = place.start('build')
  await build.until(halfway)
  build.kill('SIGINT')
  expect(await build.end).toMatchObject({ exitCode: 130, codes: ['interrupted'] })
})

test('Ctrl-C keeps what was downloaded, and the next build asks for the rest only', async () => {
  const { place, host } = await slow()
  const first = place.start('build')
  await first.until(halfway)
  first.kill('SIGINT')
  const ended = await first.end
  expectContract(ended)
  expect(ended).toMatchObject({
    exitCode: 130,
    codes: ['interrupted'],
    summary: { ran: 0, failed: 0, skipped: 2 },
  })
  expectGolden('cli/interrupted', ended.diagnostics)
  expect(place.tree()).toEqual({})
  expect(existsSync(join(place.root, '.groundwork/lock'))).toBe(false)

  const dry = await place.run('build', '--dry-run')
  const plan = dry.events[0] as unknown as { totals: { download: number } }
  // What is left of it; the last byte is asked for again, to see that it is still the same file.
  expect(plan.totals.download).toBeGreaterThan(0)
  expect(plan.totals.download).toBeLessThan(heavy.length)
  const resumed = await place.run('build')
  expect(resumed.exitCode).toBe(0)
  expect(host.requests.map(({ range }) => range)).toEqual([
    undefined,
    expect.stringMatching(/^bytes=\d{4,}-$/),
  ])
  expect(resumed.summary.bytesDownloaded).toBeLessThan(heavy.length)
  expect(place.tree()).toEqual(heavyTree)
})

/** Sends half of the archive, and the rest when it is told to. */
async function patientHost() {
  let goOn = (): void => {}
  const told = new Promise<void>(resolve => {
    goOn = resolve
  })
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': heavy.length }).write(heavy.subarray(0, 300_000))
    void told.then(() => response.end(heavy.subarray(300_000)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, goOn }
}

test('two builds at once: the second is refused, and the first does not mind', async () => {
  const place = ground()
  const host = await patientHost()
  place.spec(heavySpec(host.url))
  const first = place.start('build')
  await first.until(halfway)
  const second = await place.run('build')
  expectContract(second)
  expect(second).toMatchObject({ exitCode: 3, codes: ['lock-held'], summary: { ran: 0, requests: 0 } })
  // Looking is always allowed.
  expect((await place.run('status')).exitCode).toBe(0)
  host.goOn()
  expect(await first.end).toMatchObject({ exitCode: 0, codes: [] })
  expect(place.tree()).toEqual(heavyTree)
})

test('killed in the middle: the next build needs no help', async () => {
  const { place, host } = await slow()
  const first = place.start('build')
  await first.until(halfway)
  await vi.waitFor(() => expect(keptOnShelf(place.root)).toBeGreaterThan(0))
  first.kill('SIGKILL')
  await expect(first.end).rejects.toThrow('no summary')
  expect(existsSync(join(place.root, '.groundwork/lock'))).toBe(true)
  const next = await place.run('build')
  expect(next).toMatchObject({ exitCode: 0, codes: [] })
  expect(place.tree()).toEqual(heavyTree)
  expect(host.requests[1]?.range).toMatch(/^bytes=\d{4,}-$/)
  expect(readdirSync(join(place.root, '.groundwork'))).not.toContain('staging')
})

test('after a failure: what depends on it is not tried; with --keep-going the rest is built', async () => {
  const { place, host, change } = await world()
  change(sha256Of(pictures), sha256Of('another'))
  const careful = await place.run('build', '-j', '1')
  expectContract(careful)
  expect(careful.exitCode).toBe(1)
  expect(careful.codes).toEqual(['digest-mismatch'])
  expect(careful.summary).toMatchObject({ failed: 1 })
  const { ran, fresh, skipped } = careful.summary
  expect([ran + skipped, fresh]).toEqual([9, 0])

  const going = await place.run('build', '--keep-going')
  expect(going).toMatchObject({ exitCode: 1, summary: { failed: 1, skipped: 5, fresh: expect.any(Number) } })
  expect(going.events).toContainEqual(
    expect.objectContaining({ event: 'task-failed', code: 'digest-mismatch', kind: 'download' }),
  )
  expect(Object.keys(place.tree())).toEqual(['images/LICENSE.txt', 'images/notes.json'])
  change(sha256Of('another'), sha256Of(pictures))
  const mended = await place.run('build')
  expect(short(mended.started)).toEqual([
    'download:pack.zip',
    'expect:images',
    'images:images/notes.json',
    'rename:images',
    'unzip:images',
    'unzip:masks',
  ])
  expect(place.tree()).toEqual(whole)
  expect(host.requests.length).toBeLessThanOrEqual(7)
})

test('a shared download fails in the name of a target that was asked for', async () => {
  const [place, host] = [ground(), await mirror()]
  host.serve('/pack.zip', Buffer.alloc(0), { does: 'status', status: 404 })
  const sources = 'sources: [{ download: pack, unzip: }]'
  place.spec(`downloads: { pack: { url: "${host.url}/pack.zip" } }
targets: { first: { ${sources} }, second: { ${sources} }, third: { ${sources} } }
`)
  for (const [names, target] of [
    [['second'], 'second'],
    [['third', 'second'], 'second'],
    [[], 'first'],
  ] as const) {
    const ran = await place.run('build', ...names)
    expect(ran.diagnostics).toMatchObject([{ code: 'not-found', subject: `${target}: download` }])
    expect(ran.events.find(({ event }) => event === 'task-failed')).toMatchObject({ target })
  }
})

test('--offline: what is there is enough, what is missing is said', async () => {
  const { place, asked } = await world()
  const nothing = await place.run('build', '--offline')
  expect(nothing).toMatchObject({ exitCode: 1, summary: { failed: 3, skipped: 7, requests: 0 } })
  expect(nothing.codes).toEqual(['offline', 'offline', 'offline'])
  await place.run('build')
  asked()
  expect(await place.run('build', '--offline')).toMatchObject({ exitCode: 0, summary: { ran: 0 } })
  rmSync(join(place.root, 'masks/a.png'))
  expect((await place.run('build', '--offline')).codes).toEqual(['offline'])
  expect(asked()).toEqual([])
})

test('--dry-run writes nothing and foretells everything', async () => {
  const { place, asked } = await world()
  const dry = await place.run('build', '--dry-run')
  expectContract(dry)
  expect(existsSync(place.root)).toBe(false)
  expect(dry.events.map(({ event }) => event)).toEqual(['plan', 'summary'])
  const plan = dry.events[0] as unknown as { steps: { task: string; verdict: string }[]; totals: object }
  expect(short(plan.steps.map(({ task }) => task))).toEqual(everything)
  expect(plan.steps.every(({ verdict }) => verdict === 'stale')).toBe(true)
  expect(Object.keys(plan.totals)).toEqual(
    expect.arrayContaining(['download', 'write', 'files', 'peakDisk', 'freeDisk', 'byHost']),
  )
  expect((await place.text('build', '--dry-run')).stdout).toMatch(/^10 tasks to run, 0 fresh\./)
  expect(existsSync(place.root)).toBe(false)
  expect(asked()).toEqual([])
})

test.each([
  ['a file where the root should be', 'file'],
  ['a file above the root', 'file/data'],
])('a root that cannot be: %s', async (_, root) => {
  const { place } = await world()
  place.write('file', 'not a folder')
  const refused = await place.run('build', '--root', root)
  expectContract(refused)
  expect(refused).toMatchObject({ exitCode: 3, codes: ['read-only-root'] })
  if (root === 'file') expectGolden('cli/read-only-root', refused.diagnostics)
})

test.runIf(process.platform === 'linux')(
  'a root where nobody can make a folder is refused, and soon',
  async () => {
    const { place } = await world()
    place.write('tiny', 'x')
    place.spec('targets:\n  tiny: { sources: [{ url: tiny, file: tiny }] }\n')
    const refused = await place.run('build', '--root', '/proc/self/nope')
    expect(refused.exitCode).toBe(3)
    expect(['read-only-root', 'no-room']).toContain(refused.codes[0])
  },
)

test('a link that leads out of the playground is not followed', async () => {
  const { place, asked } = await world()
  mkdirSync(join(place.folder, 'elsewhere'))
  mkdirSync(place.root)
  symlinkSync(join(place.folder, 'elsewhere'), join(place.root, 'masks'))
  const refused = await place.run('build')
  expect(refused).toMatchObject({ exitCode: 3, codes: ['symlink-outside-root'] })
  expectGolden('cli/symlink-outside-root', refused.diagnostics)
  expect(readdirSync(join(place.folder, 'elsewhere'))).toEqual([])
  expect(asked()).toEqual([])
  expect((await place.run('build', 'images')).exitCode).toBe(0)
})

test('a file in the way that nobody built is moved aside, and said', async () => {
  const { place } = await world()
  place.write('data/masks/a.png', 'drawn by hand')
  const built = await place.run('build', 'masks')
  expect(built).toMatchObject({ exitCode: 0, codes: ['edited-by-hand'] })
  const [run = ''] = readdirSync(join(place.root, '.groundwork/aside'))
  expectGolden(
    'cli/edited-by-hand',
    JSON.parse(JSON.stringify(built.diagnostics).replaceAll(run, 'RUN')) as typeof built.diagnostics,
  )
})

test('files in the state folder that are not ours are left alone, and said', async () => {
  const { place } = await world()
  await place.run('build')
  writeFileSync(join(place.root, '.groundwork/log/conflict (1).log'), 'by a sync service')
  const again = await place.run('build')
  expect(again).toMatchObject({ exitCode: 0, codes: ['state-foreign'], summary: { ran: 0 } })
  writeFileSync(join(place.root, '.groundwork/format'), '99\n')
  expect(await place.run('build')).toMatchObject({ exitCode: 3, codes: ['state-too-new'] })
})
