/** The verbs that only look or clean up, and the words that are refused. */

import { existsSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { schemaText } from '../../lib/cli/schema.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import { kinds } from '../../tasks/index.ts'
import { expectGolden } from '../rig/golden.ts'
import { expectContract, type Ground, ground, sha256Of } from '../rig/playground.ts'
import { everything, records, short, whole, world } from './world.ts'

test('overview and status: missing, fresh, stale; --exit-code for scripts', async () => {
  const { place, change } = await world()
  expect((await place.text()).stdout).toBe(`datasets.yaml → /project/data

Groups
  playground  2 targets, 0 fresh

Targets
  missing  images  4 files
  missing  masks                    374 B

npx tsx build NAME builds one of them; --dry-run says what that would be; --help has the rest.
`)
  await place.run('build', 'masks')
  const text = await place.text('status', '--exit-code')
  expect(text.exitCode).toBe(1)
  expect(text.stdout).toMatch(
    /^missing {2}images .*\nfresh {4}masks {3}1 file +6 B\n2 targets: 1 fresh, 0 stale, 1 missing\.\n$/,
  )
  expect((await place.text('status', 'masks', '--exit-code')).exitCode).toBe(0)

  change('root: pack/masks', 'root: pack')
  const stale = await place.run('status', 'masks', '--exit-code')
  expectContract(stale)
  expect(stale).toMatchObject({ exitCode: 1 })
  expect(stale.events[0]).toMatchObject({
    event: 'status',
    target: 'masks',
    state: 'stale',
    files: 1,
    bytes: 6,
  })
  const why = await place.run('why', 'masks')
  expectContract(why)
  expect(why.events.find(({ task }) => task === 'unzip:masks')).toMatchObject({
    event: 'why',
    verdict: 'stale',
    reason: { code: 'definition-changed', changes: [{ ingredient: 'root', was: 'pack/masks', now: 'pack' }] },
  })
  expect((await place.text('why', 'masks')).stdout).toContain(
    'unzip masks\n    stale: root changed: pack/masks → pack (datasets.yaml:27:',
  )
})

test('verify reads every byte, and holds annotations against the tree', async () => {
  const { place, change } = await world()
  expect(await place.run('verify')).toMatchObject({ exitCode: 1 })
  await place.run('build')
  const good = await place.run('verify')
  expectContract(good)
  expect(good).toMatchObject({ exitCode: 0, codes: [] })

  const picture = join(place.root, 'masks/a.png')
  const { atime, mtime } = statSync(picture)
  writeFileSync(picture, 'mask A')
  utimesSync(picture, atime, mtime)
  const flipped = await place.run('verify')
  expect(flipped).toMatchObject({ exitCode: 1, codes: ['output-damaged'] })
  expectGolden('cli/output-damaged', flipped.diagnostics)
  await place.run('build')

  const other = JSON.stringify(['a', 'b', 'gone', 'lost'].map(name => ({ image: `${name}.jpg` })))
  place.write('notes.json', other)
  change(/url: \S+notes.json/, 'url: notes.json')
  change(sha256Of(records), sha256Of(other))
  change('records: 2', 'records: 4')
  await place.run('build')
  const missing = await place.run('verify', 'images')
  expect(missing).toMatchObject({ exitCode: 1, codes: ['images-missing'] })
  expectGolden('cli/images-missing', missing.diagnostics)
  change('images: /images', 'images: /images, allow_missing: 50%')
  const allowed = await place.run('verify', 'images')
  expect(allowed).toMatchObject({ exitCode: 0, codes: ['images-missing'] })
  expect(allowed.diagnostics[0]?.severity).toBe('warning')
})

test('clean removes what was built, and not what a person made of it', async () => {
  const { place } = await world()
  await place.run('build')
  writeFileSync(join(place.root, 'images/a.jpg'), 'painted over')
  writeFileSync(join(place.root, 'images/mine.txt'), 'mine')
  const foretold = await place.text('clean', '--dry-run')
  const cleaned = await place.run('clean', 'images')
  expectContract(cleaned)
  expect(cleaned.events).toContainEqual(
    expect.objectContaining({ event: 'cleaned', files: 3, left: ['images/a.jpg'] }),
  )
  expect(foretold.stdout).toBe(
    `Would remove 4 files (${9 + records.length + 4 + 6} B).\nLeft, because it was edited since it was built: images/a.jpg\n`,
  )
  expect(Object.keys(place.tree())).toEqual(['images/a.jpg', 'images/mine.txt', 'masks/a.png'])
  expect((await place.text('clean')).stdout).toBe('Removed 1 file (6 B).\n')
  expect(existsSync(join(place.root, 'masks'))).toBe(false)
  rmSync(join(place.root, 'images/a.jpg'))
  const again = await place.run('build')
  expect(short(again.started)).toEqual(everything)
  expect(place.tree()).toEqual({ ...whole, 'images/mine.txt': sha256Of('mine') })
})

test('graph in three forms, schema, help', async () => {
  const { place } = await world()
  const mermaid = await place.text('graph', 'masks')
  expect(mermaid.stdout).toMatch(
    /^flowchart LR\n {2}t0\["download pack\.zip.*\n {2}t1\["unzip masks.*\n {2}t0 --> t1\n$/,
  )
  expect((await place.text('graph', '--format', 'dot')).stdout).toMatch(/^digraph playground \{\n/)
  const { tasks } = JSON.parse((await place.text('graph', '--format', 'json')).stdout) as {
    tasks: { task: string }[]
  }
  expect(short(tasks.map(({ task }) => task))).toEqual(everything)
  expect((await place.text('schema')).stdout).toBe(schemaText(kinds))
  const help = await place.text('--help')
  expect(help).toMatchObject({ exitCode: 0, stderr: '' })
  expect(help.stdout).toContain('--keep-going')
  expect((await place.text('clean', '--help')).stdout).toMatch(/^npx tsx build clean/)
  expect(existsSync(place.root)).toBe(false)
})

test('people read words: results on stdout, problems on stderr, quiet when asked', async () => {
  const { place, change } = await world()
  const built = await place.text('build', 'masks')
  expect(built).toMatchObject({ exitCode: 0 })
  expect(built.stdout).toMatch(/^Done: 2 tasks ran, 0 fresh; \d+ B downloaded, 1 file \(6 B\) written in/)
  expect(built.stderr).toMatch(/done +unzip masks/)
  expect(await place.text('build', 'masks', '--quiet')).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  change('files: 4', 'files: 9')
  const failed = await place.text('build', '--quiet')
  expect(failed.exitCode).toBe(1)
  expect(failed.stdout).toMatch(/^Failed: /)
  expect(failed.stderr).toMatch(/^error\[wrong-file-count\] images: expect \(datasets\.yaml:\d+:\d+\)\n/)
})

const timeless = (told: Diagnostic): object => ({ ...told, time: '' })

test('what this machine lacks is said before anything is begun, all of it at once', async () => {
  const place = ground()
  place.write('tiny.txt', 'tiny')
  place.spec(`targets:
  tiny: { sources: [{ url: tiny.txt, file: tiny.txt }] }
  packed: { sources: [{ url: a.tar.xz }] }
  boxes: { sources: [{ url: boxes.json.bz2, untar: {} }] }
`)
  vi.stubEnv('PATH', '/nowhere')
  const refused = await place.run('build')
  expect(refused).toMatchObject({ exitCode: 3, summary: { ran: 0 } })
  expect(refused.codes).toEqual(['program-missing', 'program-missing'])
  expectGolden('cli/program-missing', refused.diagnostics)
  const dry = await place.run('build', '--dry-run')
  expect(dry).toMatchObject({ exitCode: 0, codes: [...refused.codes, 'file-not-found', 'file-not-found'] })
  expect(dry.diagnostics.slice(0, 2).map(timeless)).toEqual(refused.diagnostics.map(timeless))
  vi.unstubAllEnvs()
  expect(existsSync(place.root)).toBe(false)
  expect(await place.run('build', 'tiny')).toMatchObject({ exitCode: 0, summary: { ran: 2 } })
  expect(await place.run('build', '--dry-run')).toMatchObject({ exitCode: 0 })
  for (const words of [['report'], ['build', '--on', 'slurm']])
    expect(await place.run(...words), words.join(' ')).toMatchObject({ exitCode: 2, codes: ['not-yet'] })
})

test('a dry run tells of files that a build would not find', async () => {
  const place = ground()
  place.write('here.txt', 'here')
  const pinned = place.write('data/kept.txt', 'kept')
  place.spec(`targets:
  found: { sources: [{ url: gone.txt, mirrors: [here.txt], file: found.txt }] }
  asked: { sources: [{ url: gone.zip, mirrors: ["http://127.0.0.1:1/gone.zip"] }] }
  kept: { sources: [{ url: gone.txt, sha256: ${pinned}, file: kept.txt }] }
  gone: { sources: [{ url: data/gone.zip }] }
  folder: { sources: [{ url: data, file: folder.txt }] }
`)
  place.write('data/kept/kept.txt', 'kept')
  const dry = await place.run('build', '--dry-run')
  expect(dry).toMatchObject({ exitCode: 0, summary: { ran: 0 } })
  expect(dry.events.map(({ event }) => event)).toEqual(['plan', 'diagnostic', 'diagnostic', 'summary'])
  expectGolden('cli/file-not-found', dry.diagnostics)
  expect((await place.run('build', 'gone')).codes).toEqual(['file-not-found'])
})

function withoutSharp(place: Ground): void {
  place.write(
    'without.cjs',
    `const Module = require('node:module')
     const resolve = Module._resolveFilename
     Module._resolveFilename = function (name, ...rest) {
       if (name === 'sharp') throw new Error('Cannot find package sharp')
       return resolve.call(this, name, ...rest)
     }`,
  )
  vi.stubEnv('NODE_OPTIONS', `--require ${join(place.folder, 'without.cjs')}`)
}

test('a missing library is said before anything is fetched, too', async () => {
  const place = ground()
  place.write('photos.zip', 'no matter what')
  place.spec(`targets:
  photos: { sources: [{ url: photos.zip }], transcode: jpg }
`)
  withoutSharp(place)
  const refused = await place.run('build').finally(() => vi.unstubAllEnvs())
  expect(refused).toMatchObject({ exitCode: 3, codes: ['library-missing'], summary: { ran: 0 } })
  expectGolden('cli/library-missing', refused.diagnostics)
  expect(existsSync(place.root)).toBe(false)
})

test('what twenty targets lack is told once, with their number', async () => {
  const place = ground()
  withoutSharp(place)
  const targets = Array.from(
    { length: 20 },
    (_, i) => `  photos/${i}: { sources: [{ url: ${i}.zip }], transcode: jpg }\n`,
  )
  for (let i = 0; i < 20; i += 1) place.write(`${i}.zip`, 'no matter what')
  place.spec(`targets:\n${targets.join('')}`)
  const refused = await place.run('build').finally(() => vi.unstubAllEnvs())
  expect(refused).toMatchObject({ exitCode: 3, codes: ['library-missing'] })
  expectGolden('cli/library-missing.many', refused.diagnostics)
})

test('a word that nobody knows, a spec that is wrong or not there', async () => {
  const { place, change } = await world()
  const target = await place.run('build', 'imagse')
  expectContract(target)
  expect(target).toMatchObject({ exitCode: 2, codes: ['unknown-target'] })
  expect(target.diagnostics[0]?.next).toBe('did you mean "images"?')
  expect(await place.run('biuld')).toMatchObject({ exitCode: 2, codes: ['unknown-target'] })
  expect(await place.run('build', '--dryrun')).toMatchObject({ exitCode: 2, codes: ['bad-usage'] })
  expect(await place.run('build', '--spec', 'no.yaml')).toMatchObject({
    exitCode: 2,
    codes: ['spec-not-found'],
  })
  change('unzip: { root: pack/masks }', 'unzip: { rooot: pack/masks }\n        colour: blue')
  const wrong = await place.run('build')
  expectContract(wrong)
  expect(wrong.exitCode).toBe(2)
  expect(wrong.codes).toEqual(['unknown-key', 'unknown-key'])
  expect(wrong.events[0]).toMatchObject({ file: 'datasets.yaml', line: 27, column: expect.any(Number) })
})
