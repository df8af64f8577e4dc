/** Archives that targets share, where only one of the targets is asked for, or has another name by now. */

import { expect, onTestFinished, test, vi } from 'vitest'
import { ground, mirror, zip } from '../rig/playground.ts'

test('an archive that an unasked, unbuilt target needs too keeps nobody waiting for room', async () => {
  const place = ground()
  const host = await mirror()
  const archive = zip({ 'a.jpg': 'picture' })
  host.serve('/shared.zip', archive)
  host.serve('/LICENSE', Buffer.from('Do as you like.'))
  const shared = `url: '${host.url}/shared.zip', size: ${archive.length}`
  const licence = `{ url: '${host.url}/LICENSE', size: 15, file: LICENSE }`
  place.spec(
    `targets:\n  one: { sources: [${licence}, { ${shared} }] }\n  two: { sources: [{ ${shared} }] }\n`,
  )
  expect(await place.run('build', 'one', '--jobs', '1')).toMatchObject({ exitCode: 0, summary: { ran: 4 } })
  expect(Object.keys(place.tree())).toEqual(['one/LICENSE', 'one/a.jpg'])
})

test('on a disk that cannot hold both archives, the one that only an unasked target still needs makes room', async () => {
  const place = ground()
  const host = await mirror()
  const archives = [zip({ 'a.bin': Buffer.alloc(100_000, 1) }), zip({ 'b.bin': Buffer.alloc(90_000, 2) })]
  const [first = '', second = ''] = archives.map((archive, i) => {
    host.serve(`/${i}.zip`, archive)
    return `{ url: '${host.url}/${i}.zip', size: ${archive.length} }`
  })
  place.spec(
    `targets:\n  one: { sources: [${first}, ${second}] }\n  two: { sources: [${first}] }\n  three: { sources: [${second}] }\n`,
  )
  const fullDisk = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
    const real = fs.statfsSync; fs.statfsSync = (...all) => ({ ...real(...all), bsize: 4096, bavail: 80 }); syncBuiltinESMExports()`
  vi.stubEnv('NODE_OPTIONS', `--import=data:text/javascript,${encodeURIComponent(fullDisk)}`)
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await place.run('build', 'one', '--jobs', '1')).toMatchObject({ exitCode: 0, summary: { ran: 4 } })
})

test('a target under another name goes on with its own files, not with a part of another that is gone as well', async () => {
  const place = ground()
  place.write('published/a.zip', zip({ 'a.png': 'picture' }))
  const source = 'sources: [{ url: published/a.zip }]'
  const rename = "rename: [{ match: '**/*.png', to: '{stem}.jpg' }]"
  place.spec(`targets:\n  renamed: { ${source}, ${rename} }\n  plain: { ${source} }\n`)
  expect((await place.run('build')).exitCode).toBe(0)
  place.spec(`targets:\n  other: { ${source} }\n`)
  const { events, started } = await place.run('build')
  expect(started).toEqual(['unzip:other'])
  expect(events.find(({ event }) => event === 'task-started')).toMatchObject({
    reason: { code: 'moved', from: 'plain' },
  })
})
