/** Sources of one target whose files do not go together: refused in the order of the spec, whoever arrives first. */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { gate, megabyte, noise, unpacked } from '../rig/arriving.ts'
import { expectGolden } from '../rig/golden.ts'
import { type Ground, ground, mirror, type Ran, sha256Of, zip } from '../rig/playground.ts'

const finished = (kind: string, name: string) => (line: Ran['events'][number]) =>
  line.event === 'task-finished' && line['kind'] === kind && String(line['task']).includes(name)

describe('a file where another source has a folder', () => {
  const file = { x: 'a file', 'kept.txt': 'kept' }
  const below = { 'x/y': 'below it' }

  function local(sources: readonly string[], files: Readonly<Record<string, Buffer | string>>): Ground {
    const place = ground()
    for (const [name, content] of Object.entries(files)) place.write(name, content)
    place.spec(`targets:\n  things:\n    sources:\n${sources.map(source => `      - ${source}\n`).join('')}`)
    return place
  }

  test.each([
    ['the file first', ['{ url: D.zip }', '{ url: E.zip }'], ['things/kept.txt', 'things/x']],
    ['the folder first', ['{ url: E.zip }', '{ url: D.zip }'], ['things/x/y']],
    ['by into', ['{ url: D.zip }', '{ url: F.zip, unzip: { into: x } }'], ['things/kept.txt', 'things/x']],
    ['by into, first', ['{ url: F.zip, unzip: { into: x } }', '{ url: D.zip }'], ['things/x/y']],
    ['a file as it is', ['{ url: notes.txt, file: x }', '{ url: E.zip }'], ['things/x']],
  ])('%s: the first one stays, in every build', async (what, sources, tree) => {
    const place = local(sources, {
      'D.zip': zip(file),
      'E.zip': zip(below),
      'F.zip': zip({ y: 'below it' }),
      'notes.txt': 'as it is',
    })
    const ran = await place.run('build', '-k')
    expect(ran).toMatchObject({ exitCode: 1, codes: ['place-clash'], summary: { failed: 1 } })
    expect(Object.keys(place.tree())).toEqual(tree)
    if (what === 'the file first') expectGolden('cli/place-clash.folder', ran.diagnostics)
    const before = place.listing()
    expect(await place.run('build', '-k')).toMatchObject({ exitCode: 1, codes: ['place-clash'] })
    expect(place.tree()).toEqual(Object.fromEntries(tree.map(path => [path, expect.any(String)])))
    for (const path of tree) expect(place.listing()[path]).toBe(before[path])
    expect(existsSync(join(place.root, '.groundwork/aside'))).toBe(false)
  })
})

test('a file as it is that arrives last: the first one stays', async () => {
  const [place, host] = [ground(), await mirror()]
  const { opened, open } = gate()
  const notes = noise(1)
  const until = { does: 'wait', from: megabyte / 4, to: megabyte / 2, until: opened } as const
  host.serve('/notes.bin', notes, until)
  host.serve('/E.zip', zip({ 'x/y': 'below it' }))
  place.spec(`targets:
  things:
    sources:
      - { url: "${host.url}/notes.bin", file: x }
      - { url: "${host.url}/E.zip" }
`)
  const running = place.start('build', '-k')
  await running.until(finished('download', 'E.zip'))
  open()
  const ran = await running.end
  expect(ran).toMatchObject({ exitCode: 1, codes: ['place-clash'], summary: { failed: 1 } })
  expect(place.tree()).toEqual({ 'things/x': sha256Of(notes) })
})

test('one source whose file becomes a folder, and a file again, is in nobody’s way', async () => {
  const place = ground()
  place.spec('targets: { things: { sources: [{ url: D.zip }] } }\n')
  for (const [files, tree] of [
    [{ x: 'a file' }, ['things/x']],
    [{ 'x/y': 'below it' }, ['things/x/y']],
    [{ x: 'a file' }, ['things/x']],
  ] as const) {
    place.write('D.zip', zip(files))
    expect(await place.run('build')).toMatchObject({ exitCode: 0, codes: [] })
    expect(Object.keys(place.tree())).toEqual(tree)
  }
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
})

describe('two archives that both arrive', () => {
  const pictures = (from: number, to: number) =>
    Object.fromEntries(Array.from({ length: to - from }, (_, i) => [`${from + i}.jpg`, noise(from + i)]))

  async function both(first: Buffer, second: Buffer) {
    const [place, host] = [ground(), await mirror()]
    const bodies = { first, second }
    const sources = Object.entries(bodies).map(
      ([name, body]) => `{ url: "${host.url}/${name}.zip", sha256: ${sha256Of(body)} }`,
    )
    place.spec(`targets:\n  images:\n    sources:\n${sources.map(source => `      - ${source}\n`).join('')}`)
    const hold = (name: keyof typeof bodies) => {
      const { opened, open } = gate()
      host.serve(`/${name}.zip`, bodies[name], {
        does: 'wait',
        from: 2 * megabyte,
        to: 3 * megabyte,
        until: opened,
      })
      return open
    }
    for (const name of ['first', 'second'] as const) host.serve(`/${name}.zip`, bodies[name])
    return { place, host, hold, bodies }
  }

  test.each(['first', 'second'] as const)('the %s arrives last: the first one stays', async last => {
    const [first, second] = [pictures(0, 6), { ...pictures(6, 12), '3.jpg': noise(99) }]
    const { place, hold } = await both(zip(first), zip(second))
    const open = hold(last)
    const running = place.start('build', '-k')
    const other = last === 'first' ? 'second' : 'first'
    await running.until(finished('download', other))
    open()
    const ran = await running.end
    expect(ran).toMatchObject({ exitCode: 1, codes: ['place-clash'], summary: { failed: 1 } })
    expect(Object.keys(place.tree())).toEqual(Object.keys(first).map(name => `images/${name}`))
    expect(place.tree()['images/3.jpg']).toBe(sha256Of(noise(3)))
    expectGolden('cli/place-clash', ran.diagnostics)
  })

  test('the second was there before the first was in the spec: it stays, and the words say so', async () => {
    const { place } = await both(zip({ 'a.txt': 'one' }), zip({ 'into/a.txt': 'another' }))
    const lines = place.read('datasets.yaml').replace(' }', ', unzip: { into: into } }').split('\n').slice(2)
    place.spec(lines.filter(line => !line.includes('first.zip')).join('\n'))
    expect((await place.run('build')).exitCode).toBe(0)
    place.spec(lines.join('\n'))
    const ran = await place.run('build')
    expect(ran.codes).toEqual(['place-clash'])
    expectGolden('cli/place-clash.there', ran.diagnostics)
    expect(place.tree()).toEqual({ 'images/into/a.txt': sha256Of('another') })
  })

  test('whose names are all different: neither waits for the other', async () => {
    const { place, hold } = await both(zip(pictures(0, 6)), zip(pictures(6, 12)))
    const open = hold('first')
    const running = place.start('build')
    await running.until(finished('unzip', '#'))
    expect(Object.keys(place.tree())).toHaveLength(6)
    open()
    expect((await running.end).summary).toMatchObject({ exitCode: 0, failed: 0 })
    expect(Object.keys(place.tree())).toHaveLength(12)
  })

  test('which have a file in common: killed while the second waits, nothing of it is fetched again', async () => {
    const [one, two] = [zip(pictures(0, 7)), zip(pictures(6, 12))]
    const { place, host, hold, bodies } = await both(one, two)
    hold('first')
    const running = place.start('build')
    await running.until(finished('download', 'second'))
    await unpacked(place, 6)
    expect(existsSync(join(place.root, 'images'))).toBe(false)
    running.kill('SIGKILL')
    await running.end.catch(() => {})
    host.serve('/first.zip', bodies.first)
    const asked = host.requests.length
    const ran = await place.run('build')
    expect(ran.summary).toMatchObject({ exitCode: 0, failed: 0 })
    expect(Object.keys(place.tree())).toHaveLength(12)
    expect(host.requests.slice(asked).map(({ path }) => path)).not.toContain('/second.zip')
    expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
    expect(readdirSync(join(place.root, '.groundwork'))).not.toContain('shelf')
  })
})
