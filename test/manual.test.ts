/** Files that a person fetches: what they are told, and what becomes of the file once it lies there. */

import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { Problem, withContext } from '../lib/model/problem.ts'
import { manual } from '../tasks/manual.ts'
import { expectGolden } from './rig/golden.ts'
import { type Ground, ground, sha256Of, zip } from './rig/playground.ts'
import { testBench } from './rig/workbench.ts'

const archive = zip({ 'images/a.jpg': 'a', 'images/b.jpg': 'bb' })
const instructions = `manual: |
          Sign the form at https://data.example/form,
          wait for the mail,
          then download part 2.`

let place: Ground
beforeEach(() => {
  place = ground()
})

const spec = (rest: string): void =>
  place.spec(`targets:
  gqa/images:
    sources:
      - ${instructions}
        ${rest}
`)
const folder = (): string => join(place.root, '.groundwork/manual/gqa/images')
const put = (name: string, content: string | Buffer): void => {
  mkdirSync(folder(), { recursive: true })
  writeFileSync(join(folder(), name), content)
}
const unzipped = { 'gqa/images/a.jpg': sha256Of('a'), 'gqa/images/b.jpg': sha256Of('bb') }

describe('a file that is not there', () => {
  test('is asked for, with everything that is known of it, and its folder is made', async () => {
    spec(`size: ${archive.length}\n        sha256: ${sha256Of(archive)}\n        unzip: { root: images }`)
    const planned = await place.run('build', '--dry-run')
    expect(planned).toMatchObject({ exitCode: 0 })
    expect(existsSync(place.root)).toBe(false)
    expect((await place.text('build', '--dry-run')).stdout).toContain('manual images.zip → gqa/images')

    const built = await place.run('build')
    expect(built).toMatchObject({ exitCode: 1, codes: ['manual-file-missing'], summary: { requests: 0 } })
    expectGolden('manual/manual-file-missing', built.diagnostics)
    expect(existsSync(folder())).toBe(true)

    put('whatever they call it.bin', archive)
    expect(await place.run('build')).toMatchObject({ exitCode: 0, summary: { ran: 2 } })
    expect(place.tree()).toEqual(unzipped)
    expect(readFileSync(join(folder(), 'whatever they call it.bin')).equals(archive)).toBe(true)
    expect(await place.run('build')).toMatchObject({ exitCode: 0, summary: { ran: 0 } })
  })

  test('does not hold up the other targets', async () => {
    place.write('tiny.txt', 'tiny')
    place.spec(`targets:
  by-hand: { sources: [{ manual: Ask the authors., unzip: }] }
  tiny: { sources: [{ url: tiny.txt, file: tiny.txt }] }
`)
    const built = await place.run('build', '--keep-going')
    expect(built).toMatchObject({ exitCode: 1, codes: ['manual-file-missing'] })
    expect(Object.keys(place.tree())).toEqual(['tiny/tiny.txt'])
  })

  test.each(['.DS_Store', 'part2.zip.crdownload', 'part2.zip.part'])('is not %s', async name => {
    spec('unzip: { root: images }')
    put(name, archive)
    expect(await place.run('build')).toMatchObject({ codes: ['manual-file-missing'] })
  })
})

describe('a file that is there', () => {
  test('is found among others by its digest, with either algorithm', async () => {
    spec(`sha256: ${sha256Of(archive)}\n        unzip: { root: images }`)
    put('a.txt', 'another')
    put('b.zip', zip({ 'images/c.jpg': 'c' }))
    put('c.zip', archive)
    expect(await place.run('build')).toMatchObject({ exitCode: 0 })
    expect(place.tree()).toEqual(unzipped)
  })

  test('without a digest is the only one, or the one of the right name', async () => {
    spec('file: notes/index.txt')
    put('mail.txt', 'the index')
    expect(await place.run('build')).toMatchObject({ exitCode: 0 })
    expect(place.tree()).toEqual({ 'gqa/images/notes/index.txt': sha256Of('the index') })

    put('index.txt', 'a better index')
    expect(await place.run('build', '--force')).toMatchObject({ exitCode: 0 })
    expect(place.tree()).toEqual({ 'gqa/images/notes/index.txt': sha256Of('a better index') })
  })

  test('may be a link to a file elsewhere, which stays as it is', async () => {
    spec('unzip: { root: images }')
    place.write('elsewhere/part2.zip', archive)
    mkdirSync(folder(), { recursive: true })
    symlinkSync(join(place.folder, 'elsewhere/part2.zip'), join(folder(), 'part2.zip'))
    expect(await place.run('build')).toMatchObject({ exitCode: 0 })
    expect(place.tree()).toEqual(unzipped)
    expect(sha256Of(readFileSync(join(place.folder, 'elsewhere/part2.zip')))).toBe(sha256Of(archive))
  })

  test('becomes an annotation that is named by its target, and can be edited where the person keeps it', async () => {
    spec('json: { records: 1 }')
    put('download.json', '[{"id": 1}]')
    expect(await place.run('build')).toMatchObject({ exitCode: 0 })
    expect(Object.keys(place.tree())).toEqual(['gqa/images/images.json'])
    const tree = place.tree()
    appendFileSync(join(folder(), 'download.json'), ' ')
    expect(place.tree()).toEqual(tree)
    expect(await place.run('build')).toMatchObject({ exitCode: 0, summary: { ran: 0 } })
  })

  test('is looked for again when it is needed again', async () => {
    spec('unzip: { root: images }')
    put('part2.zip', archive)
    await place.run('build')
    await place.run('clean')
    expect(place.tree()).toEqual({})
    expect(await place.run('build')).toMatchObject({ exitCode: 0, summary: { ran: 2 } })
    expect(place.tree()).toEqual(unzipped)
  })

  test('stays when archives are cleaned, and without network', async () => {
    spec('unzip: { root: images }')
    put('part2.zip', archive)
    expect(await place.run('build', '--keep-archives', '--offline')).toMatchObject({ exitCode: 0 })
    expect(await place.run('clean', '--archives')).toMatchObject({ exitCode: 0 })
    expect(readFileSync(join(folder(), 'part2.zip')).equals(archive)).toBe(true)
  })

  test('need not be there where its bytes are in place and only the records are gone', async () => {
    spec(`sha256: ${sha256Of('the index')}\n        file: index.txt`)
    place.write('data/gqa/images/index.txt', 'the index')
    expect(await place.run('build')).toMatchObject({ exitCode: 0 })
    expect(place.tree()).toEqual({ 'gqa/images/index.txt': sha256Of('the index') })
  })
})

describe('a file that is another', () => {
  test('is named, with what was wanted and what was found', async () => {
    spec(`size: 9GB\n        sha256: ${'0'.repeat(64)}\n        unzip:`)
    put('part2.zip', 'a page')
    expectGolden('manual/digest-mismatch.size', (await place.run('build')).diagnostics)
    spec(`sha256: ${'0'.repeat(64)}\n        unzip:`)
    expectGolden('manual/digest-mismatch', (await place.run('build')).diagnostics)
    for (let i = 0; i < 12; i += 1) put(`other${i}.zip`, String(i))
    expectGolden('manual/digest-mismatch.many', (await place.run('build')).diagnostics)
    spec('size: 7\n        unzip:')
    expectGolden('manual/manual-file-missing.many', (await place.run('build')).diagnostics)
    expect(place.tree()).toEqual({})
  })

  test('by its size alone', async () => {
    spec('size: 7\n        unzip:')
    put('part2.zip', 'a page')
    const built = await place.run('build')
    expect(built.codes).toEqual(['size-mismatch'])
    expectGolden('manual/size-mismatch', built.diagnostics)
  })

  test('while it is still being written', async () => {
    const bench = testBench({
      progress: () => appendFileSync(join(bench.manual, 'coco/part2.zip'), 'more'),
    })
    mkdirSync(join(bench.manual, 'coco'), { recursive: true })
    writeFileSync(join(bench.manual, 'coco/part2.zip'), 'begun')
    const told = await manual.run(params, bench).catch((error: unknown) => error)
    if (!(told instanceof Problem)) throw new Error('no problem', { cause: told })
    const shown = withContext(told, { subject: 'coco: manual' }).diagnostics
    expectGolden(
      'manual/manual-file-missing.written',
      shown.map(diagnostic => ({
        ...diagnostic,
        evidence: [{ label: 'in', text: '/project/data/.groundwork/manual/coco' }],
      })),
    )
  })
})

const params = {
  name: 'coco.zip@00000000',
  target: 'coco',
  instructions: 'Ask.',
  wanted: {},
  at: '.groundwork/archives/00000000/coco.zip',
  fileName: 'coco.zip',
  place: { file: 'datasets.yaml', line: 6, column: 9, length: 6 },
  places: {},
}

describe('a spec', () => {
  test.each([
    ['that does not say what becomes of the file', 'targets: { a: { sources: [{ manual: Ask. }] } }'],
    [
      'whose files nobody can tell apart',
      'targets: { a: { sources: [{ manual: Ask., file: a }, { manual: Ask again., file: b }] } }',
    ],
  ])('%s is wrong at that place', async (_, text) => {
    place.spec(text)
    const built = await place.run('build')
    expect(built.exitCode).toBe(2)
    expect(new Set(built.codes)).toEqual(new Set(['missing-key']))
    expect(built.diagnostics[0]).toMatchObject({ place: { line: 3 } })
  })

  test('with reworded instructions asks for nothing anew', async () => {
    spec('unzip: { root: images }')
    put('part2.zip', archive)
    await place.run('build')
    place.spec(
      place
        .read('datasets.yaml')
        .replace(/^[^]*?targets/, 'targets')
        .replace('wait for', 'await'),
    )
    expect(await place.run('build')).toMatchObject({ exitCode: 0, summary: { ran: 0 } })
  })
})
