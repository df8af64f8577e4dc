/** `build export`: lists of files that other programs read, what is left out, and what is refused. */

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { findProgram } from '../../lib/io/programs.ts'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { sha256sumLines } from '../../lib/report/file-lines.ts'
import { expectGolden } from '../rig/golden.ts'
import { expectContract, ground, sha256Of, zip } from '../rig/playground.ts'
import { exportWorld } from './world.ts'

test('sha256sum: sorted, as coreutils reads it; the same bytes each time', async () => {
  const { place } = await exportWorld()
  await place.run('build')
  const listed = await place.text('export', '--format', 'sha256sum')
  expect(listed).toMatchObject({ exitCode: 0, stderr: '' })
  const wanted = Object.entries(place.tree()).map(([path, sha256]) => `${sha256}  ${path}\n`)
  expect(listed.stdout).toBe(wanted.join(''))
  expect(listed.stdout.split('\n').map(line => line.slice(66))).toEqual([
    'listed/one.gif',
    'listed/two.gif',
    'pets-more/images/x.jpg',
    'pets-more/images/y.jpg',
    'pets/images/LICENSE',
    'pets/images/a.jpg',
    'pets/images/b.jpg',
    'pets/images/sub/c.JPG',
    'pets/notes.json',
    '',
  ])
  expect((await place.text('export', '--format', 'sha256sum')).stdout).toBe(listed.stdout)
  expect((await place.text('export', 'listed', '--format', 'sha256sum')).stdout).toBe(
    wanted.slice(0, 2).join(''),
  )
})

test.runIf(findProgram(['sha256sum']) !== undefined)(
  'sha256sum -c takes odd names that archives and specs can give',
  async () => {
    const place = ground()
    const names = ['two  blanks .txt', "quote's.txt", 'star*.txt', ' first.txt', '-n', 'naïve 名.txt']
    place.write('odd.zip', zip(Object.fromEntries(names.map((name, i) => [name, `content ${i}`]))))
    place.write('line.txt', 'a line')
    place.spec(`targets:
  odd: { sources: [{ url: odd.zip }] }
  plain: { sources: [{ url: line.txt, file: "back\\\\slash.txt" }] }
`)
    expect(await place.run('build')).toMatchObject({ exitCode: 0 })
    const exported = await place.text('export', '--format', 'sha256sum', '--output', 'list')
    expect(exported.stdout).toBe('Wrote list: 7 files (60 B) of 2 targets, as sha256sum.\n')
    const checked = execFileSync('sha256sum', ['-c', '--strict', join(place.folder, 'list')], {
      cwd: place.root,
      encoding: 'utf8',
    })
    expect(checked.match(/: OK$/gm)).toHaveLength(7)
  },
)

test.runIf(findProgram(['sha256sum']) !== undefined)(
  'sha256sum -c takes every name that a disk can hold',
  () => {
    const place = ground()
    const builder = new ManifestBuilder()
    for (const name of ['a\nb', 'a\\nb', '\\', 'end\n', '*star', '  blank', 'plain'])
      builder.add(name, name.length, place.write(`data/${name}`, name))
    const lines = [...sha256sumLines([{ target: '', prefix: '', manifest: builder.finish('tree') }])].join('')
    place.write('list', lines)
    expect(lines.match(/^\\/gm)).toHaveLength(4)
    const options = { cwd: place.root, encoding: 'utf8' } as const
    const checked = execFileSync('sha256sum', ['-c', '--strict', join(place.folder, 'list')], options)
    expect(checked.match(/: OK$/gm)).toHaveLength(7)
  },
)

test('jsonl and parquet: one row a file, the same in both', async () => {
  const { place } = await exportWorld()
  await place.run('build')
  const { stdout } = await place.text('export', '--format', 'jsonl')
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map(
      line =>
        JSON.parse(line) as { path: string; target: string; bytes: number; sha256: string; mtime: string },
    )
  expect(rows.map(({ path, sha256 }) => [path, sha256])).toEqual(Object.entries(place.tree()))
  expect(rows.at(-1)).toEqual({
    path: 'pets/notes.json',
    target: 'pets',
    bytes: 124,
    sha256: place.tree()['pets/notes.json'],
    mtime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  })
  const told = await place.run('export', '--format', 'parquet', '--output', 'index.parquet')
  expectContract(told)
  expect(told.events[0]).toMatchObject({
    event: 'export',
    format: 'parquet',
    output: 'index.parquet',
    files: 9,
  })
  const bytes = readFileSync(join(place.folder, 'index.parquet'))
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
  const read = await parquetReadObjects({ file })
  expect(read).toEqual(rows.map(row => ({ ...row, bytes: BigInt(row.bytes), mtime: new Date(row.mtime) })))
  await place.run('export', '--format', 'parquet', '--output', 'again.parquet')
  expect(readFileSync(join(place.folder, 'again.parquet'))).toEqual(bytes)
  expect(readdirSync(place.folder).filter(name => name.endsWith('.tmp'))).toEqual([])
})

test('what is not fresh is left out and told; where nothing is, nothing is written', async () => {
  const { place } = await exportWorld()
  const nothing = await place.run('export', '--format', 'jsonl', '--output', 'list')
  expectContract(nothing)
  expect(nothing).toMatchObject({ exitCode: 1, codes: ['not-exported'] })
  expectGolden('cli/not-exported', nothing.diagnostics)
  expect(existsSync(join(place.folder, 'list'))).toBe(false)
  expect(existsSync(place.root)).toBe(false)

  await place.run('build', 'pets', 'listed')
  rmSync(join(place.root, 'pets/images/a.jpg'))
  const before = place.listing()
  const part = await place.run('export', '--format', 'jsonl', '--output', 'list')
  expect(part).toMatchObject({ exitCode: 0, codes: ['not-exported'] })
  expectGolden('cli/not-exported.part', part.diagnostics)
  expect(place.read('list').match(/"target":"[^"]+"/g)).toEqual([
    '"target":"listed"',
    '"target":"listed"',
    '"target":"pets"',
  ])
  expect(place.listing()).toEqual(before)
})

test('what only was made in part is told as that', async () => {
  const place = ground()
  place.write('pack.zip', zip({ 'a.jpg': 'picture a', 'b.jpg': 'picture b' }))
  place.write('notes.json', JSON.stringify([{ id: 1, image: 'a.jpg' }]))
  place.spec(`targets:
  images: { sources: [{ url: pack.zip }] }
  notes: { sources: [{ url: notes.json, json: { images: /images } }] }
`)
  await place.run('build', '--only-needed')
  const listed = await place.text('export', '--format', 'sha256sum')
  expect(listed).toMatchObject({ exitCode: 0, stderr: '' })
  expect(listed.stdout).toContain(`${sha256Of('picture a')}  images/a.jpg\n`)
  expect(listed.stdout).not.toContain('b.jpg')
})

test('the command line: which format, and where to', async () => {
  const { place } = await exportWorld()
  const words = [
    ['export'],
    ['export', '--format', 'mermaid'],
    ['export', '--format', 'parquet'],
    ['export', '--format', 'jsonl', '--json'],
    ['graph', '--format', 'parquet'],
  ]
  const told = []
  for (const argv of words) {
    const { exitCode, stderr, stdout } = await place.text(...argv)
    expect(exitCode, argv.join(' ')).toBe(2)
    told.push(stderr || (JSON.parse(stdout.split('\n')[0] ?? '') as { message: string }).message)
  }
  await expect(`${told.join('\n')}\n`).toMatchFileSnapshot('../goldens/cli/export.usage.txt')
  const help = await place.text('export', '--help')
  await expect(help.stdout).toMatchFileSnapshot('../goldens/cli/export.help.txt')
})
