/** `unzip: { inner }`: what is built of an archive inside of an archive. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { gate, megabyte, noise, unpacked } from '../rig/arriving.ts'
import { type Ground, ground, mirror, sha256Of } from '../rig/playground.ts'
import { splitZipOf, zipOf } from '../rig/zips.ts'

const pictures = Array.from({ length: 24 }, (_, i) => ({ name: `images/${i}.jpg`, content: noise(i) }))
const tree = Object.fromEntries(pictures.map(({ name, content }) => [name, sha256Of(content)]))

describe('an archive inside of an archive', () => {
  const inside = zipOf(pictures)
  const nested = (method: number): Buffer =>
    zipOf([
      { name: 'licence.txt', content: 'as it is' },
      { name: 'data/images.zip', content: inside, method },
    ])

  async function inner(method: number): Promise<{ place: Ground; host: Mirror; body: Buffer }> {
    const [place, host, body] = [ground(), await mirror(), nested(method)]
    host.serve('/pack.zip', body)
    place.spec(
      `targets: { images: { sources: [{ url: "${host.url}/pack.zip", sha256: ${sha256Of(body)}, unzip: { inner: data/images.zip, root: images } }] } }\n`,
    )
    return { place, host, body }
  }

  test.each([0, 8])('method %i', async method => {
    const { place } = await inner(method)
    expect((await place.run('build')).summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
    expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
    expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  })

  test.each([0, 8])('in one that was split (method %i)', async method => {
    const { place, host } = await inner(method)
    const parts = splitZipOf([{ name: 'data/images.zip', content: inside, method }], [9 * megabyte])
    parts.forEach((part, i) => host.serve(`/split.z${i === 0 ? '01' : 'ip'}`, part))
    place.spec(
      `targets: { images: { sources: [{ url: ["${host.url}/split.z01", "${host.url}/split.zip"], unzip: { inner: data/images.zip, root: images } }] } }\n`,
    )
    expect((await place.run('build')).summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
  })

  test('a stored one is unpacked while it arrives; killed, it goes on', async () => {
    const { place, host, body } = await inner(0)
    const { opened } = gate()
    host.serve('/pack.zip', body, {
      does: 'wait',
      from: 12 * megabyte,
      to: 13 * megabyte,
      until: opened,
    })
    const running = place.start('build')
    await unpacked(place, 9)
    running.kill('SIGKILL')
    await running.end.catch(() => {})
    host.serve('/pack.zip', body)
    const { summary } = await place.run('build')
    expect(summary).toMatchObject({ ran: 2, exitCode: 0 })
    expect(summary.bytesDownloaded).toBeLessThan(body.length)
    expect(place.tree()).toEqual(tree)
  })
})
