/** What an idle build holds the disk against: believed whole or not at all, and every change of the disk shows through it. */

import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { withTimes } from '../../lib/model/manifest.ts'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import type { Graph } from '../../lib/model/plan.ts'
import type { Receipt } from '../../lib/model/receipt.ts'
import { saveManifest } from '../../lib/receipts/manifests.ts'
import { isStillSo, quietFolders, rememberSettled, type Settled, settledAt } from '../../lib/settled.ts'
import { ground, sha256Of } from '../rig/playground.ts'

const folderOf = ({ root }: Rest): string => join(root, '.groundwork/cache')
const sheets = ['files', 'linked', 'quiet', 'reads', 'ways'] as const

interface Made {
  readonly at: string
  readonly form: 'file' | 'tree'
  /** Path → content. */
  readonly files: Readonly<Record<string, string>>
  /** Links to files of a person. */
  readonly isLinked?: boolean
  /** A file outside, by its content. */
  readonly reads?: string
}

const made: readonly Made[] = [
  { at: 'deep/a/a.json', form: 'file', files: { 'a.json': '[1]' }, reads: 'published/a.json' },
  { at: 'deep/b', form: 'tree', files: { 'sub/b.txt': 'b' }, reads: 'published/b.txt' },
  // More than stand in a receipt, and more than stand in a sheet.
  { at: 'many', form: 'tree', files: numbered(40) },
  { at: 'most', form: 'tree', files: numbered(300) },
  { at: 'mine', form: 'tree', files: { 'x.txt': 'x', 'y.txt': 'y' }, isLinked: true },
]
const targets = ['deep/a', 'deep/b', 'many', 'most', 'mine']

function numbered(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.txt`, String(i)]))
}

interface Rest {
  readonly folder: string
  readonly root: string
  readonly remember: () => void
}

/** A playground whose last build left nothing to do. `takenAtMs`: of its manifests. */
function atRest(takenAtMs = Number.MAX_SAFE_INTEGER): Rest {
  const { folder, root, write: writeNow } = ground()
  const write = (path: string, content: string): void => {
    writeNow(path, content)
    // Whole seconds, so that anybody can put them back.
    utimesSync(join(folder, path), 1e9, 1e9)
  }
  const state = join(root, '.groundwork')
  write('data/.groundwork/log/00000001-a.log', 'records')
  mkdirSync(join(state, 'manifests'))
  const results = made.map(result => {
    const { at, form, files, isLinked = false } = result
    const builder = new ManifestBuilder()
    for (const [path, content] of Object.entries(files)) {
      const place = form === 'file' ? at : `${at}/${path}`
      builder.add(path, content.length, sha256Of(content))
      if (!isLinked) write(`data/${place}`, content)
      else {
        write(place, content)
        mkdirSync(dirname(join(root, place)), { recursive: true })
        symlinkSync(join(folder, place), join(root, place))
      }
    }
    const bare = builder.finish(form)
    const manifest = withTimes(
      bare,
      takenAtMs,
      Array.from({ length: bare.count }, (_, i) => [
        i,
        statSync(join(root, form === 'file' ? at : `${at}/${bare.path(i)}`)),
      ]),
    )
    return { ...result, manifest, name: saveManifest(join(state, 'manifests'), at, manifest) }
  })
  for (const { reads = '', files } of made) if (reads !== '') write(reads, Object.values(files)[0] ?? '')
  const tasks = results.map(({ at, form, reads }) => ({
    id: at,
    gives: { at, form, lasting: true },
    outline: { reads: reads ? [join(folder, reads)] : [] },
  }))
  const byId = new Map(results.map(result => [result.at, result]))
  const outside = new Map(
    results.map(({ at, reads }) => [at, reads ? statSync(join(folder, reads)) : undefined]),
  )
  const records = {
    root,
    manifestOf: (id: string) => byId.get(id)?.manifest,
    receiptOf(id: string) {
      const read = outside.get(id)
      return {
        at: id,
        manifest: byId.get(id)?.name,
        digest: byId.get(id)?.manifest.digest,
        remarks: byId.get(id)?.isLinked ? { link: 'symlink' } : {},
        ...(read && { reads: [{ bytes: read.size, mtimeMs: read.mtimeMs }] }),
      } as unknown as Receipt
    },
  }
  const graph = { tasks: new Map(tasks.map(task => [task.id, task])), targets } as unknown as Graph
  const quiet = new Map(
    ['deep/a', 'deep/b', 'deep/b/sub', 'many', 'most', 'mine'].map(path => [
      path,
      statSync(join(root, path)).ctimeMs,
    ]),
  )
  const remember = (): void =>
    rememberSettled(records, graph, { key: 'key', specRoot: 'data', quiet, isStrange: false })
  remember()
  return { folder, root, remember }
}

const told = (place: Rest): Settled =>
  JSON.parse(readFileSync(join(folderOf(place), 'settled.json'), 'utf8')) as Settled

async function isSo(place: Rest, onWays: (folders: readonly string[]) => void = () => {}): Promise<boolean> {
  const settled = settledAt(place.root, 'key')
  return settled !== undefined && isStillSo(settled, place.root, new Map(), { onWays })
}

test('a memory that is cut at any byte, or has any byte changed, is none', async () => {
  const place = atRest()
  expect(Object.keys(told(place).sheets).toSorted()).toEqual(sheets)
  expect(quietFolders(place.root).size).toBeGreaterThan(3)
  for (const sheet of sheets) {
    const path = join(folderOf(place), `settled.${sheet}`)
    const bytes = readFileSync(path)
    // Long ones at the ends, where everything but columns stands, and at every tenth byte between.
    for (let at = 0; at < bytes.length; at += at < 200 || at > bytes.length - 50 ? 1 : 13) {
      truncateSync(path, at)
      expect(await isSo(place), `${sheet} cut at ${at}`).toBe(false)
      const changed = Buffer.from(bytes)
      changed.writeUInt8((changed.readUInt8(at) + 1) % 256, at)
      writeFileSync(path, changed)
      expect(await isSo(place), `${sheet} changed at ${at}`).toBe(false)
      writeFileSync(path, bytes)
    }
    expect(await isSo(place)).toBe(true)
    rmSync(path)
    expect(await isSo(place), `without ${sheet}`).toBe(false)
    expect([...quietFolders(place.root)].length === 0).toBe(sheet === 'quiet')
    writeFileSync(path, bytes)
  }
  const path = join(folderOf(place), 'settled.json')
  const bytes = readFileSync(path)
  for (let at = 0; at < bytes.length; at += 1) {
    truncateSync(path, at)
    expect(settledAt(place.root, 'key')).toBeUndefined()
    expect(quietFolders(place.root).size).toBe(0)
    writeFileSync(path, bytes)
  }
  expect(await isSo(place)).toBe(true)
})

test('sheets of another moment do not go with the memory', async () => {
  const place = atRest()
  const before = sheets.map(sheet => readFileSync(join(folderOf(place), `settled.${sheet}`)))
  // The same files, remembered anew: as after a build that was killed between a sheet and the memory.
  place.remember()
  expect(await isSo(place)).toBe(true)
  for (const [i, sheet] of sheets.entries()) {
    const path = join(folderOf(place), `settled.${sheet}`)
    const now = readFileSync(path)
    writeFileSync(path, before[i] as Buffer)
    expect(await isSo(place), sheet).toBe(false)
    writeFileSync(path, now)
  }
})

/** Puts a file's times back, as far as anybody can. */
function keepingTimes(path: string, act: () => void): void {
  const { atime, mtime } = statSync(path)
  act()
  utimesSync(path, atime, mtime)
}

const edits: Readonly<Record<string, (at: (path: string) => string) => void>> = {
  'a file is edited': at => appendFileSync(at('data/deep/b/sub/b.txt'), '!'),
  'a file is edited, of the same size and time': at =>
    keepingTimes(at('data/deep/b/sub/b.txt'), () => writeFileSync(at('data/deep/b/sub/b.txt'), '!')),
  'a file is touched': at => utimesSync(at('data/deep/a/a.json'), 1, 1),
  'a file is gone': at => rmSync(at('data/many/7.txt')),
  'another file stands in its place': at => {
    writeFileSync(at('other'), '7')
    renameSync(at('other'), at('data/many/7.txt'))
  },
  'a folder stands in its place': at => {
    rmSync(at('data/many/7.txt'))
    mkdirSync(at('data/many/7.txt'))
  },
  'a link stands in its place': at => {
    renameSync(at('data/many/7.txt'), at('other'))
    symlinkSync(at('other'), at('data/many/7.txt'))
  },
  'it has another name as well': at => linkSync(at('data/many/7.txt'), at('other')),
  'a file too many': at => writeFileSync(at('data/many/strange.txt'), ''),
  'a file too many, deeper': at => writeFileSync(at('data/deep/b/sub/strange.txt'), ''),
  'a target is gone': at => rmSync(at('data/deep/a'), { recursive: true }),
  'what a link leads to is edited': at => writeFileSync(at('mine/x.txt'), '!'),
  'what a link leads to is gone': at => rmSync(at('mine/x.txt')),
  'a source is edited': at => writeFileSync(at('published/a.json'), '[1, 2]'),
  'a source is edited, of the same size': at => writeFileSync(at('published/b.txt'), '!'),
  'a manifest is cut short': at => truncateSync(manifestOf(at), 100),
  'a manifest is gone': at => rmSync(manifestOf(at)),
  'a record was added': at => appendFileSync(at(`data/.groundwork/log/${logsOf(at)[0]}`), 'x'),
}

const logsOf = (at: (path: string) => string): readonly string[] => readdirSync(at('data/.groundwork/log'))

const manifestOf = (at: (path: string) => string): string => {
  const [name = ''] = readdirSync(at('data/.groundwork/manifests')).filter(each => /many/.test(each))
  return at(`data/.groundwork/manifests/${name}`)
}

test.each(Object.entries(edits))('%s: seen', async (_, edit) => {
  const place = atRest()
  expect(await isSo(place)).toBe(true)
  edit(path => join(place.folder, path))
  expect(await isSo(place)).toBe(false)
})

test('sources that are gone or only touched to the same time, and changed folders above targets, are nothing', async () => {
  const place = atRest()
  const heard: string[] = []
  const still = (): Promise<boolean> => isSo(place, folders => void heard.push(...folders))
  expect(await still()).toBe(true)
  expect(heard).toEqual([])

  const source = join(place.folder, 'published/a.json')
  keepingTimes(source, () => writeFileSync(source, '[1]'))
  rmSync(join(place.folder, 'published/b.txt'))
  writeFileSync(join(place.root, 'deep/beside'), '')
  expect(await still()).toBe(true)
  expect(heard).toEqual(['deep'])
})

test('a link on the way that stays in the playground is idle, and is looked at each time', async () => {
  const place = atRest()
  renameSync(join(place.root, 'deep'), join(place.root, 'elsewhere'))
  symlinkSync('elsewhere', join(place.root, 'deep'))
  const heard: string[] = []
  expect(await isSo(place, folders => void heard.push(...folders))).toBe(true)
  expect(heard).toEqual(['deep'])
})

test('a playground that is moved with what it was made of is as idle as before', async () => {
  const place = atRest()
  const moved = join(place.folder, 'moved')
  mkdirSync(moved)
  // What is linked to stays where the links lead.
  for (const name of ['data', 'published']) renameSync(join(place.folder, name), join(moved, name))
  const settled = settledAt(join(moved, 'data'), 'key') as Settled
  expect(settled.readsFrom).toBe('../')
  expect(await isStillSo(settled, join(moved, 'data'), new Map(), { onWays: () => {} })).toBe(true)
  writeFileSync(join(moved, 'published/b.txt'), '!!')
  expect(await isStillSo(settled, join(moved, 'data'), new Map(), { onWays: () => {} })).toBe(false)
})

test('what may have changed in the moment of its record is looked at closer', async () => {
  const place = atRest(0)
  expect(told(place).isOpen).toBe(true)
  expect(await isSo(place)).toBe(false)
})
