/** `lock` asks hosts for what the spec leaves open, and writes what they tell. */

import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { expectContract, sha256Of } from '../rig/playground.ts'
import { at, lockFile, openWorld, settled, statesIn } from './open-world.ts'

test('only what is open is asked for; the file is sorted, and the same answers write no byte', async () => {
  const { place, asked, lock } = await openWorld()
  const dry = await place.run('lock', '--dry-run')
  expectContract(dry)
  expect(dry).toMatchObject({ exitCode: 0, summary: { requests: 2, failed: 0 } })
  expect(existsSync(join(place.folder, lockFile))).toBe(false)
  expect(existsSync(place.root)).toBe(false)
  asked()
  const text = await place.text('lock')
  expect(asked()).toEqual(['HEAD /a.txt', 'HEAD /b.txt'])
  expect(
    text.stdout.replaceAll(/http:\S+\//g, 'http://host/'),
  ).toBe(`http://host/a.txt  3 B, no digest, etag "3-1"  new
http://host/b.txt  4 B, no digest, etag "4-1"  new
datasets.lock.yaml: 2 new; written.
`)
  expect(
    at(lock()),
  ).toBe(`# What hosts told of the files that datasets.yaml leaves open: sizes, digests, revisions, when and from where.
# Written by \`npx tsx build lock\`, and by a build that fetches one of them for the first time. Keep it beside the spec,
# under version control; what the spec itself says goes before.
version: 1
files:
  http://host/a.txt:
    size: 3
    etag: '"3-1"'
    from: host
    locked: NOW
  http://host/b.txt:
    size: 4
    etag: '"4-1"'
    from: host
    locked: NOW
`)
  const { mtimeMs, ino } = statSync(join(place.folder, lockFile))
  const again = await place.run('lock')
  expect(statesIn(again)).toEqual(['unchanged', 'unchanged'])
  expect(again.events).toContainEqual(expect.objectContaining({ event: 'lock-file', written: false }))
  expect(statSync(join(place.folder, lockFile))).toMatchObject({ mtimeMs, ino })
})

test('a replaced file is told; what was locked before is fetched no more, and messages point at the lock file', async () => {
  const { place, host, lock } = await openWorld()
  await place.run('lock')
  await place.run('build')
  host.serve('/a.txt', Buffer.from('AAA'), { does: 'tagged', etag: '"second"' })
  rmSync(join(place.root, 'a'), { recursive: true })
  const refused = await place.run('build', 'a')
  expect(refused).toMatchObject({ exitCode: 1, codes: ['digest-mismatch'] })
  expectGolden('cli/digest-mismatch.locked', settled(refused, host))

  const changed = await place.run('lock', 'a')
  expectContract(changed)
  expect(changed).toMatchObject({ exitCode: 0, codes: ['lock-changed'] })
  expectGolden('cli/lock-changed', settled(changed, host))
  expect(changed.events[0]).toMatchObject({ file: lockFile, line: 8 })
  expect(changed.events.find(({ event }) => event === 'lock')).toMatchObject({
    state: 'changed',
    changes: [
      { field: 'sha256', was: sha256Of('aaa') },
      { field: 'etag', was: '"3-1"', now: '"second"' },
    ],
  })
  expect(await place.run('build')).toMatchObject({ exitCode: 0 })
  expect(lock()).toContain(sha256Of('AAA'))
  host.serve('/a.txt', Buffer.from('AAAA'))
  await place.run('lock')
  const why = await place.text('why', 'a')
  expect(why.stdout).toMatch(/stale: size changed: 3 → 4 \(datasets\.lock\.yaml:7:11\)/)
})

test('some targets only: other entries stay; all targets: what nobody asks for goes', async () => {
  const { place, host, lock } = await openWorld()
  await place.run('lock', 'b')
  expect(lock()).not.toContain('a.txt')
  await place.run('lock', 'a')
  expect(lock()).toMatch(/a\.txt[^]*b\.txt/)
  place.spec(`targets:\n  a: { sources: [{ url: ${host.url}/a.txt, file: a.txt }] }\n`)
  expect(statesIn(await place.run('lock'))).toEqual(['unchanged', 'dropped'])
  expect(lock()).not.toContain('b.txt')
})

test('a host that tells nothing is told of, keeps its entry, and does not hold up the others', async () => {
  const { place, host, lock } = await openWorld()
  await place.run('lock', 'b')
  host.serve('/b.txt', Buffer.from('bbbb'), { does: 'status', status: 404 })
  const half = await place.run('lock')
  expectContract(half)
  expect(half).toMatchObject({ exitCode: 1, codes: ['not-found'], summary: { failed: 1 } })
  expect(statesIn(half)).toEqual(['new', 'failed'])
  expect(lock()).toMatch(/a\.txt[^]*b\.txt:\n {4}size: 4/)
  expect(await place.run('lock', '--offline')).toMatchObject({ exitCode: 2, codes: ['bad-usage'] })
  expect((await place.text('lock', '--help')).stdout).toMatch(/^npx tsx build lock/)
})

test('a lock file that is broken is a mistake like one of the spec', async () => {
  const { place, asked } = await openWorld()
  place.write(
    lockFile,
    'version: 1\nfiles:\n  http://x/a.txt: { size: 3, sha256: 12, from: x, locked: yesterday }\n',
  )
  for (const words of [['build'], ['lock']]) {
    const refused = await place.run(...words)
    expect(refused).toMatchObject({ exitCode: 2, codes: ['bad-value', 'bad-value'] })
    expect(refused.events[0]).toMatchObject({ file: lockFile, line: 3, column: 38 })
  }
  expect(asked()).toEqual([])
  rmSync(join(place.folder, lockFile))
  place.write('other.yaml', place.read('datasets.yaml'))
  expect(await place.run('lock', '--spec', 'other.yaml', '-q')).toMatchObject({ exitCode: 0 })
  expect(place.read('other.lock.yaml')).toContain('other.yaml leaves open')
})
