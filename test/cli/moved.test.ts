/** What a newcomer found: playgrounds that are moved, little looked at, cleaned, and specs with passwords in them. */

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ground, mirror, zip } from '../rig/playground.ts'

test('a playground that was copied with its spec reads the sources that lie beside it now', async () => {
  const place = ground()
  place.write('published/a.json', '[1]')
  place.spec('targets: { a: { sources: [{ url: published/a.json, json: { records: 1 } }] } }\n')
  await place.run('build')
  const copy = ground()
  execFileSync('cp', ['-a', `${place.folder}/.`, copy.folder])
  expect((await copy.run('build')).summary).toMatchObject({ ran: 0, fresh: 2 })
  copy.write('published/a.json', '[1,2]')
  expect(await copy.run('build')).toMatchObject({ exitCode: 1, codes: ['wrong-record-count'] })
  expect((await place.run('build')).summary.ran).toBe(0)
  const state = join(place.root, '.groundwork')
  for (const name of readdirSync(state, { recursive: true, encoding: 'utf8' }))
    if (/\.(log|json)$/.test(name))
      expect(readFileSync(join(state, name), 'latin1'), name).not.toContain(place.folder)
})

test('where only records are trusted, nothing is removed or reworked unseen', async () => {
  const place = ground()
  place.write('pics.zip', zip({ 'images/a.gif': 'A', 'images/b.gif': 'B' }))
  const spec = (to: string) =>
    place.spec(`targets:
  u:
    sources: [{ url: pics.zip, unzip: { root: images } }]
    rename: [{ match: '*.gif', to: '${to}' }]
`)
  spec('{stem}.jpg')
  await place.run('build')
  writeFileSync(join(place.root, 'u/a.jpg'), 'X')
  spec('R_{stem}.jpg')
  await place.run('build', '--check', 'record')
  expect(place.read('data/u/R_a.jpg')).toBe('A')
  expect((await place.run('verify')).exitCode).toBe(0)

  writeFileSync(join(place.root, 'u/R_b.jpg'), 'mine')
  await place.run('clean', 'u', '--check', 'record')
  expect(place.read('data/u/R_b.jpg')).toBe('mine')
  expect(existsSync(join(place.root, 'u/R_a.jpg'))).toBe(false)
})

test('a password of the spec is not left in the playground', async () => {
  const place = ground()
  const host = await mirror()
  host.serve('/a.json', Buffer.from('[1]'))
  place.spec(
    `targets: { a: { sources: [{ url: '${host.url.replace('//', '//joe:PASSW0RD@')}/a.json?token=QTOKEN' }] } }\n`,
  )
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, exitCode: 0 })
  const state = join(place.root, '.groundwork')
  const files = readdirSync(state, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter(entry =>
    entry.isFile(),
  )
  expect(files.length).toBeGreaterThan(2)
  for (const { parentPath, name } of files)
    expect(readFileSync(join(parentPath, name), 'latin1'), name).not.toMatch(/PASSW0RD|QTOKEN/)
  expect((await place.run('build')).summary.ran).toBe(0)
})
