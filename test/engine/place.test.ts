/** Staged files into a place where something may lie already: ours is replaced, a person's is moved aside. */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import type { ColumnarManifest } from '../../lib/model/manifest.ts'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { type Placement, place } from '../../lib/place.ts'
import { sha256Of } from '../rig/playground.ts'

type Files = Readonly<Record<string, string>>

const manifestOf = (files: Files): ColumnarManifest => {
  const builder = new ManifestBuilder()
  for (const [path, content] of Object.entries(files)) builder.add(path, content.length, sha256Of(content))
  return builder.finish('tree')
}

function write(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

const filesIn = (folder: string): Files =>
  Object.fromEntries(
    [...filesBelow(folder)].toSorted().map(path => [path, readFileSync(join(folder, path), 'utf8')]),
  )

/** A root with what lies there, and how to put a tree over it. */
function rootWith(there: Files) {
  const root = mkdtempSync(join(tmpdir(), 'groundwork-place-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  write(root, there)
  const placement = (staged: Files, rest: Partial<Placement> = {}): Placement => {
    write(join(root, '.staging'), staged)
    return {
      form: 'tree',
      staged: join(root, '.staging'),
      final: join(root, 'coco'),
      contents: manifestOf(staged),
      previous: undefined,
      begun: [],
      aside: join(root, '.aside'),
      root,
      ownerOf: () => undefined,
      wasPlaced: () => false,
      ...rest,
    }
  }
  return {
    root,
    placement,
    put: (staged: Files, rest: Partial<Placement> = {}) => place(placement(staged, rest)),
    coco: () => filesIn(join(root, 'coco')),
    aside: () => filesIn(join(root, '.aside')),
    folders: (placed: { folders: ReadonlySet<string> }) =>
      [...placed.folders].map(folder => folder.slice(root.length)).toSorted(),
  }
}

test('where nothing lies, everything is moved there', async () => {
  const { root, put, coco, folders } = rootWith({})
  const placed = await put({ 'a.jpg': 'a', 'sub/b.jpg': 'b' })
  expect(coco()).toEqual({ 'a.jpg': 'a', 'sub/b.jpg': 'b' })
  expect(placed.movedAside).toEqual([])
  // One rename, however many files: the entry that changed is that of the whole tree.
  expect(folders(placed)).toEqual([''])
  expect(filesIn(join(root, '.staging'))).toEqual({})
})

test('what is the same is left alone, what is foreign is moved aside, what is no business of ours stays', async () => {
  const { root, put, coco, aside, folders } = rootWith({
    'coco/same.jpg': 'same',
    'coco/sub/mine.jpg': 'mine',
    'coco/note.txt': 'a note',
  })
  const inode = statSync(join(root, 'coco/same.jpg')).ino
  const placed = await put({ 'same.jpg': 'same', 'sub/mine.jpg': 'ours', 'sub/new.jpg': 'new' })
  expect(coco()).toEqual({
    'note.txt': 'a note',
    'same.jpg': 'same',
    'sub/mine.jpg': 'ours',
    'sub/new.jpg': 'new',
  })
  expect(statSync(join(root, 'coco/same.jpg')).ino).toBe(inode)
  expect(placed.movedAside).toEqual(['coco/sub/mine.jpg'])
  expect(aside()).toEqual({ 'coco/sub/mine.jpg': 'mine' })
  expect(folders(placed)).toEqual(['/coco/sub'])
})

test('what this task placed last time is replaced, unless it was edited since', async () => {
  const { put, coco, aside } = rootWith({ 'coco/old.jpg': 'old', 'coco/edited.jpg': 'by hand' })
  const previous = manifestOf({ 'old.jpg': 'old', 'edited.jpg': 'old too' })
  const placed = await put({ 'old.jpg': 'new', 'edited.jpg': 'new too' }, { previous })
  expect(coco()).toEqual({ 'edited.jpg': 'new too', 'old.jpg': 'new' })
  expect(placed.movedAside).toEqual(['coco/edited.jpg'])
  expect(aside()).toEqual({ 'coco/edited.jpg': 'by hand' })
})

test('what a task placed that does not give it any more is replaced', async () => {
  const { root, put, coco } = rootWith({ 'coco/a.jpg': 'a PNG', 'coco/b.jpg': 'by hand' })
  const asked: string[] = []
  const placed = await put(
    { 'a.jpg': 'a JPEG', 'b.jpg': 'b JPEG' },
    {
      wasPlaced(path, sha256) {
        asked.push(path.slice(root.length))
        return sha256 === sha256Of('a PNG')
      },
    },
  )
  expect(coco()).toEqual({ 'a.jpg': 'a JPEG', 'b.jpg': 'b JPEG' })
  expect(placed.movedAside).toEqual(['coco/b.jpg'])
  expect(asked).toEqual(['/coco/a.jpg', '/coco/b.jpg'])
})

test('what it does not give any more is removed with the folders that it leaves empty; edited files are moved aside', async () => {
  const { root, put, coco, aside, folders } = rootWith({
    'coco/gone/deep/a.jpg': 'a',
    'coco/edited.jpg': 'by hand',
    'coco/owned.jpg': 'of another task',
    'coco/kept/mine.txt': 'mine',
    'coco/kept/old.jpg': 'old',
  })
  const previous = manifestOf({
    'gone/deep/a.jpg': 'a',
    'edited.jpg': 'e',
    'owned.jpg': 'of another task',
    'kept/old.jpg': 'old',
    'vanished.jpg': 'v',
  })
  const owned = { task: 'unzip:other', sha256: sha256Of('of another task') }
  const placed = await put(
    { 'new.jpg': 'new' },
    { previous, ownerOf: path => (path === join(root, 'coco/owned.jpg') ? owned : undefined) },
  )
  expect(coco()).toEqual({
    'kept/mine.txt': 'mine',
    'new.jpg': 'new',
    'owned.jpg': 'of another task',
  })
  expect(existsSync(join(root, 'coco/gone'))).toBe(false)
  expect(placed.movedAside).toEqual(['coco/edited.jpg'])
  expect(aside()).toEqual({ 'coco/edited.jpg': 'by hand' })
  // Each can be synced: the one that is gone is told by the one above.
  expect(folders(placed)).toEqual(['/coco', '/coco/kept'])
})

test("what was on its way when a build was killed is ours too; a file that is not it is nobody else's business", async () => {
  const { put, coco, aside } = rootWith({
    'coco/half.jpg': 'on its way',
    'coco/dropped.jpg': 'on its way too',
    'coco/mine.jpg': 'mine',
  })
  const begun = manifestOf({
    'half.jpg': 'on its way',
    'dropped.jpg': 'on its way too',
    'mine.jpg': 'never came to be',
  })
  await put({ 'half.jpg': 'new' }, { begun: [begun] })
  expect(coco()).toEqual({ 'half.jpg': 'new', 'mine.jpg': 'mine' })
  expect(aside()).toEqual({})
})

test('a folder where a file belongs, a file where a folder belongs, a link where either does', async () => {
  const { root, put, coco } = rootWith({
    'coco/a.jpg/inside.txt': 'inside',
    'coco/sub': 'a file',
    'elsewhere/b.jpg': 'outside',
  })
  symlinkSync(join(root, 'elsewhere/b.jpg'), join(root, 'coco/b.jpg'))
  symlinkSync(join(root, 'elsewhere'), join(root, 'coco/linked'))
  const placed = await put({ 'a.jpg': 'A', 'b.jpg': 'outside', 'linked/b.jpg': 'B', 'sub/c.jpg': 'C' })
  expect(coco()).toEqual({ 'a.jpg': 'A', 'b.jpg': 'outside', 'linked/b.jpg': 'B', 'sub/c.jpg': 'C' })
  expect(lstatSync(join(root, 'coco/b.jpg')).isFile()).toBe(true)
  expect(filesIn(join(root, 'elsewhere'))).toEqual({ 'b.jpg': 'outside' })
  expect([...placed.movedAside].toSorted()).toEqual(['coco/a.jpg', 'coco/b.jpg', 'coco/linked', 'coco/sub'])
  expect(readFileSync(join(root, '.aside/coco/a.jpg/inside.txt'), 'utf8')).toBe('inside')
  expect(readlinkSync(join(root, '.aside/coco/linked'))).toBe(join(root, 'elsewhere'))
})

test('what lies behind a link that makes way, and is not staged, is copied; what is not as recorded there is not', async () => {
  const { root, put, coco } = rootWith({
    'coco/plain.jpg': 'plain',
    'elsewhere/b.jpg': 'b',
    'elsewhere/deep/c.jpg': 'c',
    'elsewhere/other.jpg': 'by hand',
  })
  symlinkSync(join(root, 'elsewhere'), join(root, 'coco/linked'))
  const contents = manifestOf({
    'plain.jpg': 'plain',
    'linked/a.jpg': 'a',
    'linked/b.jpg': 'b',
    'linked/deep/c.jpg': 'c',
    'linked/other.jpg': 'recorded',
  })
  const placed = await put({ 'linked/a.jpg': 'a' }, { contents, previous: contents })
  expect(coco()).toEqual({
    'plain.jpg': 'plain',
    'linked/a.jpg': 'a',
    'linked/b.jpg': 'b',
    'linked/deep/c.jpg': 'c',
  })
  expect(placed.movedAside).toEqual(['coco/linked'])
  expect(filesIn(join(root, 'elsewhere'))).toEqual({
    'b.jpg': 'b',
    'deep/c.jpg': 'c',
    'other.jpg': 'by hand',
  })
})

test('the same where the whole tree is a link', async () => {
  const { root, put, coco } = rootWith({ 'real/b.jpg': 'b' })
  symlinkSync('real', join(root, 'coco'))
  const contents = manifestOf({ 'a.jpg': 'a', 'b.jpg': 'b' })
  const placed = await put({ 'a.jpg': 'a' }, { contents, previous: contents })
  expect(coco()).toEqual({ 'a.jpg': 'a', 'b.jpg': 'b' })
  expect(placed.movedAside).toEqual(['coco'])
  expect(filesIn(join(root, 'real'))).toEqual({ 'b.jpg': 'b' })
})

test('nothing that lies behind a link is removed, whoever placed it there', async () => {
  const { root, put } = rootWith({ 'elsewhere/deep/old.jpg': 'old', 'coco/old.jpg': 'old' })
  symlinkSync(join(root, 'elsewhere'), join(root, 'coco/linked'))
  const previous = manifestOf({ 'linked/deep/old.jpg': 'old', 'old.jpg': 'old' })
  const placed = await put({ 'new.jpg': 'new' }, { previous, begun: [previous] })
  expect(placed.movedAside).toEqual([])
  expect(readlinkSync(join(root, 'coco/linked'))).toBe(join(root, 'elsewhere'))
  expect(filesIn(join(root, 'elsewhere'))).toEqual({ 'deep/old.jpg': 'old' })
  expect(existsSync(join(root, 'coco/old.jpg'))).toBe(false)
})

test('a folder of ours where a file belongs, a file of ours where a folder does: nothing goes aside', async () => {
  const { put, coco, aside } = rootWith({
    'coco/file': 'was a file',
    'coco/folder/a.jpg': 'a',
    'coco/folder/sub/b.jpg': 'b',
    'coco/mixed/c.jpg': 'c',
    'coco/mixed/mine.txt': 'mine',
  })
  const previous = manifestOf({
    file: 'was a file',
    'folder/a.jpg': 'a',
    'folder/sub/b.jpg': 'b',
    'mixed/c.jpg': 'c',
  })
  const placed = await put({ 'file/x.jpg': 'x', folder: 'is a file', mixed: 'is a file, too' }, { previous })
  expect(coco()).toEqual({ 'file/x.jpg': 'x', folder: 'is a file', mixed: 'is a file, too' })
  expect(placed.movedAside).toEqual(['coco/mixed'])
  expect(aside()).toEqual({ 'coco/mixed/mine.txt': 'mine' })
})

test('a single file', async () => {
  const { root, placement } = rootWith({ 'notes/x.json': 'mine' })
  mkdirSync(join(root, '.staging'))
  writeFileSync(join(root, '.staging/x.json'), 'ours')
  const contents = manifestOf({ 'x.json': 'ours' })
  const file = {
    form: 'file',
    staged: join(root, '.staging/x.json'),
    final: join(root, 'notes/x.json'),
    contents,
  } as const
  expect((await place({ ...placement({}), ...file })).movedAside).toEqual(['notes/x.json'])
  writeFileSync(join(root, '.staging/x.json'), 'newer')
  const newer = { ...file, contents: manifestOf({ 'x.json': 'newer' }), previous: contents }
  expect((await place({ ...placement({}), ...newer })).movedAside).toEqual([])
  expect(readFileSync(join(root, 'notes/x.json'), 'utf8')).toBe('newer')
})

test('a file that another source gives as well, with the same bytes, stays as it is', async () => {
  const { root, placement, coco, aside } = rootWith({ 'coco/a.jpg': 'theirs', 'coco/b.jpg': 'mine' })
  const owner = { task: 'unzip:coco', sha256: sha256Of('theirs') }
  const ownerOf = (path: string) => (path === join(root, 'coco/a.jpg') ? owner : undefined)
  await place(placement({ 'a.jpg': 'theirs', 'b.jpg': 'mine' }, { ownerOf }))
  expect(coco()).toEqual({ 'a.jpg': 'theirs', 'b.jpg': 'mine' })
  expect(aside()).toEqual({})
})
