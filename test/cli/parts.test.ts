/** Archives in parts: unpacked while the parts arrive, the last one first; split ones, cut ones, several for one target. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { gate, megabyte, noise, unpacked } from '../rig/arriving.ts'
import { expectGolden } from '../rig/golden.ts'
import { type Ground, ground, mirror, sha256Of } from '../rig/playground.ts'
import { tarOf } from '../rig/tars.ts'
import { splitZipOf, zipOf } from '../rig/zips.ts'

const pictures = Array.from({ length: 24 }, (_, i) => ({ name: `images/${i}.jpg`, content: noise(i) }))
const tree = Object.fromEntries(pictures.map(({ name, content }) => [name, sha256Of(content)]))
const parts = splitZipOf(pictures, [9 * megabyte, 18 * megabyte])
const whole = Buffer.concat(parts)
const names = ['pack.z01', 'pack.z02', 'pack.zip']

interface Asked {
  readonly order?: readonly string[]
  readonly pinned?: boolean
  readonly more?: string
}

async function world({ order = names, pinned = true, more = '' }: Asked = {}): Promise<{
  place: Ground
  host: Mirror
}> {
  const [place, host] = [ground(), await mirror()]
  const pins = pinned ? `, sha256: ${sha256Of(whole)}` : ''
  const urls = order.map(name => `"${host.url}/${name}"`).join(', ')
  place.spec(
    `${more}targets: { images: { sources: [{ url: [${urls}]${pins}, unzip: { root: images } }] } }\n`,
  )
  names.forEach((name, i) => host.serve(`/${name}`, parts[i] as Buffer))
  return { place, host }
}

describe('a split archive', () => {
  test.each([true, false])('is unpacked before its parts are there (pinned: %j)', async pinned => {
    const { place, host } = await world({ pinned })
    const { opened, open } = gate()
    host.serve('/pack.z02', parts[1] as Buffer, {
      does: 'wait',
      from: 4 * megabyte,
      to: 5 * megabyte,
      until: opened,
    })
    const running = place.start('build')
    await unpacked(place, 12)
    expect(existsSync(join(place.root, 'images'))).toBe(false)
    open()
    const { summary } = await running.end
    expect(summary).toMatchObject({ ran: 2, failed: 0, skipped: 0, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
    // Nothing is fetched twice, but for what was on its way when another part came first.
    expect(summary.bytesDownloaded).toBeGreaterThanOrEqual(whole.length)
    expect(summary.bytesDownloaded).toBeLessThan(whole.length + 2 * megabyte)
    expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
    expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
  })

  test('its directory is read while the first part comes', async () => {
    const { place, host } = await world()
    place.spec(place.read('datasets.yaml').replace('root: images', 'root: pictures').split('\n')[2] as string)
    const { opened } = gate()
    host.serve('/pack.z01', parts[0] as Buffer, {
      does: 'wait',
      from: megabyte,
      to: 2 * megabyte,
      until: opened,
    })
    const { codes, summary } = await place.run('build')
    expect(codes).toEqual(['wrong-root'])
    expect(summary.bytesDownloaded).toBeLessThan((parts[2] as Buffer).length + 3 * megabyte)
  })

  test('killed in the middle of its parts: nothing is fetched twice', async () => {
    const { place, host } = await world()
    const { opened } = gate()
    host.serve('/pack.z02', parts[1] as Buffer, {
      does: 'wait',
      from: 4 * megabyte,
      to: 5 * megabyte,
      until: opened,
    })
    const running = place.start('build')
    await unpacked(place, 12)
    running.kill('SIGKILL')
    await running.end.catch(() => {})
    host.serve('/pack.z02', parts[1] as Buffer)
    const { summary } = await place.run('build')
    expect(summary).toMatchObject({ ran: 2, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
    // But for what was not synced when it was killed.
    expect(summary.bytesDownloaded).toBeLessThan(whole.length - 5 * megabyte)
  })

  test('a later build unpacks it from the archive that was kept', async () => {
    const { place } = await world({ more: 'archives: keep\n' })
    expect((await place.run('build')).summary).toMatchObject({ ran: 2, exitCode: 0 })
    place.spec(
      place
        .read('datasets.yaml')
        .replace('unzip: { root: images }', 'unzip: {}')
        .replace(/^version: 1\nroot: data\n/, ''),
    )
    expect((await place.run('build')).summary).toMatchObject({ ran: 1, requests: 0, exitCode: 0 })
    expect(Object.keys(place.tree())).toHaveLength(pictures.length)
    expect(Object.keys(place.tree())).toContain('images/images/0.jpg')
  })

  test.each(['no-ranges', 'chunked'] as const)('from a host that answers %s', async does => {
    const { place, host } = await world()
    names.forEach((name, i) => host.serve(`/${name}`, parts[i] as Buffer, { does }))
    const { summary } = await place.run('build')
    expect(summary).toMatchObject({ ran: 2, exitCode: 0, bytesDownloaded: whole.length })
    expect(place.tree()).toEqual(tree)
  })

  test('a host that tells a wrong size beforehand', async () => {
    const { place, host } = await world()
    host.script('/pack.z02', [{ does: 'wrong-length', bytes: 8 * megabyte }])
    const { summary } = await place.run('build')
    expect(summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
  })

  test('in parts on this machine', async () => {
    const place = ground()
    names.forEach((name, i) => place.write(name, parts[i] as Buffer))
    place.spec(
      'targets: { images: { sources: [{ url: ["pack.z{01..02}", pack.zip], unzip: { root: images } }] } }\n',
    )
    expect((await place.run('build')).summary).toMatchObject({ ran: 2, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
  })

  test.each([
    ['the last part first, by names that say nothing', ['three', 'one', 'two'], 'wrong-parts'],
    ['the last part alone', ['pack.zip'], 'split-zip'],
  ])('%s', async (_, order, code) => {
    const { place, host } = await world({ order, pinned: false })
    for (const [i, name] of ['one', 'two', 'three'].entries()) host.serve(`/${name}`, parts[i] as Buffer)
    const { codes, summary } = await place.run('build')
    expect(codes).toEqual([code])
    expect(summary).toMatchObject({ failed: 1, exitCode: 1 })
    expect(existsSync(join(place.root, 'images'))).toBe(false)
  })

  test.each([
    ['the last part first', ['pack.zip', 'pack.z01', 'pack.z02']],
    ['the second part first', ['pack.z02', 'pack.z01', 'pack.zip']],
    ['without the first', ['pack.z02', 'pack.zip']],
  ])('%s: a mistake of the spec, also where nobody says that it is a zip', async (_, order) => {
    const { place, host } = await world({ order })
    place.spec(
      place.read('datasets.yaml').split('\n').slice(2).join('\n').replace(', unzip: { root: images }', ''),
    )
    const wrong = await place.run('build')
    expect(wrong).toMatchObject({ exitCode: 2, codes: ['bad-parts'] })
    expect(wrong.diagnostics[0]?.next).toContain('pack.z01, pack.z02, pack.zip')
    expect(host.requests).toEqual([])
  })
})

test.each([
  ['pack.zip.001, told by its name', ['pack.zip.001', 'pack.zip.002', 'pack.zip.003'], ''],
  ['pack.zip.00, told by its name', ['pack.zip.00', 'pack.zip.01', 'pack.zip.02'], ''],
  ['pack.zip.part-aa, told by its name', ['pack.zip.part-aa', 'pack.zip.part-ab', 'pack.zip.part-ac'], ''],
  ['pack.part-aa', ['pack.part-aa', 'pack.part-ab', 'pack.part-ac'], ', unzip: {}'],
])('pieces of a whole archive: %s', async (_, pieces, unzip) => {
  const [place, host] = [ground(), await mirror()]
  const archive = zipOf(pictures)
  const cuts = [0, 10 * megabyte, 22 * megabyte, archive.length]
  pieces.forEach((name, i) => host.serve(`/${name}`, archive.subarray(cuts[i], cuts[i + 1])))
  const urls = pieces.map(name => `"${host.url}/${name}"`).join(', ')
  place.spec(`targets: { all: { sources: [{ url: [${urls}]${unzip} }] } }\n`)
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(Object.values(place.tree()).toSorted()).toEqual(Object.values(tree).toSorted())
})

describe('parts that do not make the archive: the list of them is looked at first', () => {
  const zipped = zipOf(pictures.slice(0, 3))
  const packed = gzipSync(tarOf(pictures.slice(0, 3)))
  const cutIn = (archive: Buffer): readonly Buffer[] => {
    const third = Math.ceil(archive.length / 3)
    return [0, 1, 2].map(i => archive.subarray(i * third, (i + 1) * third))
  }

  test.each([
    ['a zip, swapped', zipped, 'unzip: {}', [1, 0, 2]],
    ['a zip without its first part', zipped, 'unzip: {}', [1, 2]],
    ['a zip without its last part', zipped, 'unzip: {}', [0, 1]],
    ['a zip without its second part', zipped, 'unzip: {}', [0, 2]],
    ['a tar, swapped', packed, 'untar: {}', [0, 2, 1]],
    ['a tar without its last part', packed, 'untar: {}', [0, 1]],
    ['a pinned zip, swapped', zipped, `sha256: ${sha256Of(zipped)}, unzip: {}`, [1, 0, 2]],
    ['of another size', zipped, `size: ${zipped.length}, file: pack.zip`, [0, 2]],
  ])('%s', async (what, archive, written, order) => {
    const place = ground()
    cutIn(archive).forEach((bytes, i) => place.write(`part${i}.bin`, bytes))
    const url = order.map(i => `part${i}.bin`).join(', ')
    place.spec(`targets:\n  all:\n    sources:\n      - { url: [${url}], ${written} }\n`)
    const { exitCode, diagnostics } = await place.run('build')
    expect(exitCode).toBe(1)
    expect(diagnostics).toMatchObject([
      {
        place: { file: 'datasets.yaml', line: 6, column: 11 },
        next: expect.stringMatching(/^look at the list of parts under url: /),
      },
    ])
    if (what === 'a zip, swapped') expectGolden('cli/entry-header-mismatch.parts', diagnostics)
    if (what === 'a pinned zip, swapped') expectGolden('cli/digest-mismatch.parts', diagnostics)
    if (what === 'of another size') expectGolden('cli/size-mismatch.parts', diagnostics)
  })
})

describe('several archives into one target', () => {
  const first = zipOf(pictures.slice(0, 14))
  const second = zipOf(pictures.slice(10))

  async function both(other: Buffer): Promise<{ place: Ground; host: Mirror }> {
    const [place, host] = [ground(), await mirror()]
    host.serve('/first.zip', first)
    host.serve('/second.zip', other)
    const source = (name: string): string => `{ url: "${host.url}/${name}", unzip: { root: images } }`
    place.spec(`targets: { images: { sources: [${source('first.zip')}, ${source('second.zip')}] } }\n`)
    return { place, host }
  }

  test('both arrive at the same time; files that both have are the same', async () => {
    const { place, host } = await both(second)
    const gates = [gate(), gate()]
    ;[first, second].forEach((body, i) =>
      host.serve(i === 0 ? '/first.zip' : '/second.zip', body, {
        does: 'wait',
        from: 6 * megabyte,
        to: 7 * megabyte,
        until: (gates[i] as ReturnType<typeof gate>).opened,
      }),
    )
    const running = place.start('build')
    await unpacked(place, 10)
    for (const { open } of gates) open()
    const { summary } = await running.end
    expect(summary).toMatchObject({ ran: 4, failed: 0, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
    expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  })

  test('different files for one path are refused', async () => {
    const other = zipOf([...pictures.slice(14), { name: 'images/3.jpg', content: 'another' }])
    const { place } = await both(other)
    const { codes, summary } = await place.run('build')
    expect(codes).toContain('place-clash')
    expect(summary).toMatchObject({ failed: 1, exitCode: 1 })
  })
})
