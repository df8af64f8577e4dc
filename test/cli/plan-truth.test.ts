/** What a dry run says of the disk: exact where a directory can be read here, "or more" where nobody knows what is packed. */

import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow, roomAt } from '../../lib/io/disk.ts'
import { ground, mirror, type Ran, sha256Of } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'

interface Told {
  readonly steps: readonly { readonly task: string; readonly write: number; readonly files: number }[]
  readonly totals: {
    readonly write: number
    readonly files: number
    readonly peakDisk: number
    readonly atLeast: boolean
  }
}
const told = ({ events }: Ran): Told => events[0] as unknown as Told

/** 6 MB of text in few bytes. */
const texts = ['a.txt', 'b.txt', 'sub/c.txt'].map(name => ({
  name: `texts/${name}`,
  method: 8 as const,
  content: Buffer.alloc(2_000_000, name),
}))
const packed = zipOf([...texts, { name: 'notes.md', content: 'beside' }])

test('of a packed archive that is not here nobody knows what it becomes', async () => {
  const [place, host] = [ground(), await mirror()]
  host.serve('/pack.zip', packed)
  place.spec(`targets:
  texts: { sources: [{ url: "${host.url}/pack.zip", size: ${packed.length}, sha256: ${sha256Of(packed)} }], rename: [{ match: '*.txt', to: '{stem}.md' }] }
`)
  const { totals } = told(await place.run('build', '--dry-run'))
  expect(totals).toMatchObject({ write: packed.length, atLeast: true })
  const { stdout } = await place.text('build', '--dry-run')
  expect(stdout).toMatch(/^ {2}unzip texts\S* +\S+ kB or more +never built$/m)
  expect(stdout).toMatch(/^write +\S+ kB or more$/m)
  expect(stdout).toMatch(/^peak disk +\S+ kB or more; /m)
  expect(stdout).not.toContain('at most')
  expect(host.requests).toEqual([])
})

test('of one that is a file of this machine its directory tells', async () => {
  const place = ground()
  place.write('pack.zip', packed)
  place.spec(`targets:
  texts: { sources: [{ url: pack.zip, unzip: { root: texts } }], rename: [{ match: '*.txt', to: '{stem}.md' }] }
  all: { sources: [{ url: pack.zip }] }
`)
  const plan = told(await place.run('build', '--dry-run'))
  expect(plan.totals).toMatchObject({ write: 12_000_006, files: 7, atLeast: false })
  const { stdout } = await place.text('build', '--dry-run')
  expect(stdout).toMatch(/^write +12\.0 MB in 7 files$/m)
  expect(stdout).toContain('at most')
  const ran = await place.run('build')
  expect(ran.summary).toMatchObject({ exitCode: 0, bytesWritten: 12_000_006, filesWritten: 7 })
})

test('so does that of one that was kept, and what is wrong with it is left to the build', async () => {
  const [place, host] = [ground(), await mirror()]
  host.serve('/pack.zip', packed)
  const spec = (unzip: string): void =>
    place.spec(`archives: keep
targets: { texts: { sources: [{ url: "${host.url}/pack.zip", sha256: ${sha256Of(packed)}, unzip: { ${unzip} } }] } }
`)
  spec('root: texts')
  expect((await place.run('build')).exitCode).toBe(0)
  spec('')
  expect(told(await place.run('build', '--dry-run')).totals).toMatchObject({
    write: 6_000_006,
    files: 4,
    atLeast: false,
  })
  spec('root: text')
  const dry = await place.run('build', '--dry-run')
  expect(dry).toMatchObject({ exitCode: 0, codes: [] })
  expect(told(dry).totals).toMatchObject({ atLeast: true })
})

test('what a repair writes is counted file by file: the small ones are not as large as all are on average', async () => {
  const [place, host] = [ground(), await mirror()]
  const sizes = [300, 400, 500, 60_000, 60_000, 60_000, ...Array.from({ length: 14 }, () => 900)]
  const pack = zipOf(sizes.map((size, i) => ({ name: `${i}.bin`, content: Buffer.alloc(size, i) })))
  host.serve('/pack.zip', pack)
  place.spec(`targets: { bins: { sources: [{ url: "${host.url}/pack.zip" }] } }\n`)
  expect((await place.run('build')).exitCode).toBe(0)
  for (const i of [0, 1]) rmSync(join(place.root, `bins/${i}.bin`))
  // Edited to another size: it is written as it was.
  place.write('data/bins/2.bin', 'mine')
  const { steps, totals } = told(await place.run('build', '--dry-run'))
  expect(totals).toMatchObject({ write: 1200, files: 3 })
  expect(steps).toMatchObject([{ write: 0 }, { write: 1200, files: 3, reason: { bytes: 1200 } }])
  expect((await place.text('build', '--dry-run')).stdout).toMatch(/^write +1\.20 kB in 3 files$/m)
  const { summary } = await place.run('build')
  expect(summary).toMatchObject({ repaired: 1, bytesWritten: 1200, filesWritten: 3 })
})

test('a file of this machine that is not there may be of any size', async () => {
  const place = ground()
  place.spec('targets: { a: { sources: [{ url: gone.zip }] } }\n')
  expect(told(await place.run('build', '--dry-run')).totals).toMatchObject({ write: 0, atLeast: true })
  expect((await place.text('build', '--dry-run')).stdout).toMatch(/^peak disk +0 B or more; /m)
})

test('each file takes whole blocks of the disk', async () => {
  const place = ground()
  const { blockBytes } = roomAt(place.folder)
  const small = Array.from({ length: 2000 }, (_, i) => ({ name: `${i}.txt`, content: 'x'.repeat(300) }))
  place.write('pack.zip', zipOf(small))
  place.spec(`targets:
  here: { sources: [{ url: pack.zip }] }
  told: { sources: [{ url: "http://127.0.0.1:1/pack.zip", size: 900kB }], expect: { files: 2000 } }
`)
  const here = told(await place.run('build', 'here', '--dry-run')).totals
  expect(here).toMatchObject({ write: 600_000, files: 2000 })
  // The archive gets a second name, and takes no room.
  expect(here.peakDisk).toBe(2000 * blockBytes)
  const asked = told(await place.run('build', 'told', '--dry-run')).totals
  expect(asked.peakDisk).toBe(900_000 + 2000 * blockBytes + 900_000)
  expect((await place.run('build', 'here')).exitCode).toBe(0)
  const blocks = [...filesBelow(join(place.root, 'here'))].map(
    path => statSync(join(place.root, 'here', path)).blocks,
  )
  expect(512 * blocks.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(here.peakDisk)
})
