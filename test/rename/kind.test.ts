/** What becomes of files that get new names. */

import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import type { RenameParams } from '../../lib/model/params.ts'
import { collisionsAmong, renamed } from '../../lib/model/rename.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { rename } from '../../tasks/rename.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'
import { manifestOf, type TestBench, testBench } from '../rig/workbench.ts'
import { path, write } from './rig.ts'

const place = { file: 'datasets.yaml', line: 40, column: 9, length: 20 }
const toJpg = { match: '**/*.{gif,png,jpeg}', to: '{dir}/{stem}.jpg' }

const paramsOf = (rules: readonly { match: string; to: string }[], prefixes: readonly string[] = ['']) =>
  ({
    target: 'ocr_vqa/images',
    rules: rules.map((rule, i) => ({ ...rule, place: { ...place, line: place.line + i } })),
    parts: prefixes.map((prefix, i) => ({ task: `unzip:${i}`, prefix })),
    transcode: undefined,
    bytes: undefined,
    files: undefined,
  }) satisfies RenameParams

/** Stands for the digest: tests look at contents, and no code here computes it. */
const digestOf = (content: string): string => `sha256 of ${content}`

const manifestOfContents = (contents: Readonly<Record<string, string>>) =>
  manifestOf(
    Object.entries(contents).map(([name, content]) => ({
      path: name,
      bytes: content.length,
      sha256: digestOf(content),
    })),
  )

/** A part with these contents by path; only remembered when it is not on disk. */
function partOf(
  contents: Readonly<Record<string, string>>,
  { index = 0, sole = true, onDisk = true }: { index?: number; sole?: boolean; onDisk?: boolean } = {},
): Input {
  const folder = join(mkdtempSync(join(tmpdir(), 'groundwork-part-')), 'part')
  if (onDisk) for (const [name, content] of Object.entries(contents)) write(join(folder, name), content)
  return {
    artifact: { task: `unzip:${index}`, form: 'tree', at: '.groundwork/parts/x', lasting: false },
    path: folder,
    manifest: manifestOfContents(contents),
    sole,
  }
}

const listOf = (...names: readonly string[]) => Object.fromEntries(names.map(name => [name, `was ${name}`]))

/** What lies in staging by name, after checking that each file was recorded with its digest and size, and none besides. */
function stagedIn(bench: TestBench): Record<string, string> {
  const staged = Object.fromEntries(
    [...filesBelow(bench.staging)].map(name => [name, readFileSync(join(bench.staging, name), 'utf8')]),
  )
  const recorded = Object.entries(staged).map(([name, content]) => [
    name,
    { bytes: content.length, sha256: digestOf(content) },
  ])
  expect(Object.fromEntries(bench.recorded)).toEqual(Object.fromEntries(recorded))
  return staged
}

async function run(params: RenameParams, overrides: Partial<Workbench>): Promise<TestBench> {
  const bench = testBench(overrides)
  await rename.run(params, bench)
  return bench
}

describe('the kind', () => {
  test('is stale when a rule or the folder of a part changes', () => {
    expect(rename.outline(paramsOf([toJpg], ['', 'extra']))).toEqual({
      name: 'ocr_vqa/images',
      fingerprint: [
        { name: 'rename[0].match', value: toJpg.match, place },
        { name: 'rename[0].to', value: toJpg.to, place },
        { name: 'parts[1].into', value: 'extra' },
      ],
      takes: ['unzip:0', 'unzip:1'],
      gives: { form: 'tree', at: 'ocr_vqa/images', lasting: true },
      forecast: { bytes: undefined, files: undefined },
    })
  })

  test('links all files of all parts, under the names of the first rule that matches', async () => {
    const inputs = [
      partOf(listOf('1.gif', 'a/2.png', 'a/3.jpg', 'a/4.GIF')),
      partOf(listOf('5.gif', 'README'), { index: 1 }),
    ]
    const rules = [{ match: 'a/*.png', to: 'png/{name}' }, toJpg, { match: '*/README', to: '{dir}/read.me' }]
    const bench = await run(paramsOf(rules, ['', 'more']), { inputs })
    expect(stagedIn(bench)).toEqual({
      '1.jpg': 'was 1.gif',
      'png/2.png': 'was a/2.png',
      'a/3.jpg': 'was a/3.jpg',
      'a/4.GIF': 'was a/4.GIF',
      'more/5.jpg': 'was 5.gif',
      'more/read.me': 'was README',
    })
    expect(bench.told).toEqual([])
    // Until they are placed the parts are whole: what they were made of may be gone.
    expect(inputs.flatMap(({ path: folder }) => [...filesBelow(folder)])).toHaveLength(6)
  })

  test('copies what somebody else reads too', async () => {
    const part = partOf(listOf('1.gif'), { sole: false })
    const bench = await run(paramsOf([toJpg]), { inputs: [part] })
    expect(stagedIn(bench)).toEqual({ '1.jpg': 'was 1.gif' })
    expect(readFileSync(join(part.path, '1.gif'), 'utf8')).toBe('was 1.gif')
  })

  test('once done, doing it again changes no name', () =>
    fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { maxLength: 6 }), async names => {
        const once = names.map(name =>
          /\.(gif|png|jpeg)$/.test(name) ? (renamed(name, toJpg.to) as string) : name,
        )
        fc.pre(collisionsAmong(names, false).length === 0 && collisionsAmong(once, false).length === 0)
        const bench = await run(paramsOf([toJpg]), { inputs: [partOf(listOf(...once))] })
        expect(Object.keys(stagedIn(bench)).toSorted()).toEqual(once.toSorted())
      }),
      { numRuns: 30 },
    ))

  test('makes again only what does not lie there intact', async () => {
    const inputs = [partOf(listOf('1.gif', '2.gif', '3.jpg'))]
    const intact = manifestOfContents({ '1.jpg': 'was 1.gif', '3.jpg': 'of another time' })
    const bench = await run(paramsOf([toJpg]), { inputs, intact })
    expect(bench.kept).toEqual(['1.jpg'])
    expect(stagedIn(bench)).toEqual({ '2.jpg': 'was 2.gif', '3.jpg': 'was 3.jpg' })
  })

  test('stops when the run is cancelled', async () => {
    const stop = new AbortController()
    stop.abort(new Error('interrupted'))
    const inputs = [partOf(listOf('1.gif'))]
    await expect(run(paramsOf([toJpg]), { inputs, signal: stop.signal })).rejects.toThrow('interrupted')
  })
})

describe('when only the rules changed', () => {
  /** A bench on which the parts are gone and `last` lies at the final place. */
  async function rework(
    rules: readonly { match: string; to: string }[],
    part: Readonly<Record<string, string>>,
    last: Readonly<Record<string, string>>,
  ): Promise<TestBench> {
    const final = mkdtempSync(join(tmpdir(), 'groundwork-final-'))
    for (const [name, content] of Object.entries(last)) write(join(final, name), content)
    const previous = { manifest: manifestOfContents(last), fingerprint: [] }
    return run(paramsOf(rules), { inputs: [partOf(part, { onDisk: false })], final, previous })
  }

  test('takes files from under their last names, and leaves alone what keeps its name', async () => {
    const bench = await rework(
      [{ match: '**/*.gif', to: '{dir}/{stem}.webp' }],
      listOf('1.gif', 'a/2.gif', '3.jpg'),
      { '1.jpg': 'was 1.gif', 'a/2.jpg': 'was a/2.gif', '3.jpg': 'was 3.jpg' },
    )
    expect(bench.kept).toEqual(['3.jpg'])
    expect(stagedIn(bench)).toEqual({ '1.webp': 'was 1.gif', 'a/2.webp': 'was a/2.gif' })
    expect(statSync(join(bench.staging, '1.webp')).ino).toBe(statSync(join(bench.final, '1.jpg')).ino)
  })

  test('names that change hands', async () => {
    const bench = await rework(
      [
        { match: '1.gif', to: 'b' },
        { match: '2.gif', to: 'a' },
      ],
      listOf('1.gif', '2.gif'),
      { a: 'was 1.gif', b: 'was 2.gif' },
    )
    expect(stagedIn(bench)).toEqual({ b: 'was 1.gif', a: 'was 2.gif' })
  })

  test('equal files stay files of their own', async () => {
    const bench = await rework(
      [{ match: '*', to: 'x/{name}' }],
      { '1': 'same', '2': 'same' },
      { a: 'same', b: 'same' },
    )
    expect(stagedIn(bench)).toEqual({ 'x/1': 'same', 'x/2': 'same' })
    const inodes = ['x/1', 'x/2'].map(name => statSync(join(bench.staging, name)).ino)
    expect(new Set(inodes).size).toBe(2)
  })

  test('a file that stays where it is lends its bytes to no other', async () => {
    const last = { a: 'same', z: 'same' }
    const bench = await rework([{ match: '1', to: 'x' }], { '1': 'same', z: 'same' }, last)
    expect(bench.kept).toEqual(['z'])
    expect(stagedIn(bench)).toEqual({ x: 'same' })
    expect(statSync(join(bench.staging, 'x')).ino).toBe(statSync(join(bench.final, 'a')).ino)
  })

  test('gives what a run from nothing gives', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { minLength: 1, maxLength: 6 }),
        fc.array(fc.constantFrom('x/{name}', '{dir}/{stem}.jpg', '{name}-{stem}', 'y'), { maxLength: 3 }),
        async (names, templates) => {
          const rules = templates.map((to, i) => ({ match: ['*a*', '**/*.*', '**'][i] as string, to }))
          const before = names.map(name => renamed(name, 'old/{name}-{dir}') as string)
          fc.pre([names, before].every(list => collisionsAmong(list, false).length === 0))
          const last = Object.fromEntries(names.map((name, i) => [before[i] as string, `was ${name}`]))
          const fresh = testBench({ inputs: [partOf(listOf(...names))] })
          const refused = await rename.run(paramsOf(rules), fresh).then(
            () => false,
            () => true,
          )
          fc.pre(!refused)
          const again = await rework(rules, listOf(...names), last)
          const kept = Object.fromEntries(again.kept.map(name => [name, last[name]]))
          expect({ ...kept, ...stagedIn(again) }).toEqual(stagedIn(fresh))
        },
      ),
      { numRuns: 60 },
    ))
})

describe('messages', () => {
  const several = Array.from({ length: 12 }, (_, i) => [`a/${i}.gif`, `a/${i}.png`]).flat()

  test.each([
    ['rename-collision', paramsOf([toJpg]), [listOf('a/1.gif', 'a/1.png', 'b/2.jpg', 'b/2.jpeg')], false],
    ['rename-collision.many', paramsOf([toJpg]), [listOf(...several)], false],
    ['rename-collision.parts', paramsOf([toJpg], ['', '']), [listOf('a/1.jpg'), listOf('a/1.jpg')], false],
    ['rename-collision.case', paramsOf([toJpg]), [listOf('a/1.gif', 'A/1.jpg')], true],
    ['rename-collision.folder', paramsOf([{ match: 'a/*', to: 'b' }]), [listOf('a/1.gif', 'b/2.gif')], false],
    ['bad-value', paramsOf([{ match: '*', to: '{dir}/../{name}' }]), [listOf('1.gif')], false],
  ] as const)('%s', async (name, params, parts, foldsCase) => {
    const inputs = parts.map((part, index) => partOf(part, { index }))
    const bench = testBench({ inputs, foldsCase })
    const problem = await problemOf(() => rename.run(params, bench))
    expect(problem.code).toBe(name.split('.')[0])
    expect([...filesBelow(bench.staging)]).toEqual([])
    expect(inputs.every(({ path: folder }) => existsSync(folder))).toBe(true)
    expectGolden(`rename/${name}`, problem)
  })

  test.each([
    ['bad-pattern', listOf('a/1.GIF', 'a/2.jpg', 'a/3.jpg', 'b/README')],
    ['bad-pattern.many', listOf(...['a', 'b', 'c', 'd', 'e', 'f'].map(ending => `1.${ending}`))],
    ['bad-pattern.nothing', {}],
  ])('%s', async (name, part) => {
    const bench = await run(paramsOf([toJpg]), { inputs: [partOf(part)] })
    expect(bench.told.map(({ code }) => code)).toEqual(['bad-pattern'])
    expect(Object.keys(stagedIn(bench))).toHaveLength(Object.keys(part).length)
    expectGolden(`rename/${name}`, bench.told)
  })
})
