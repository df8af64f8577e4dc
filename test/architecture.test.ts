/** The house stands as it was drawn: rooms, floors, words, and files that fit a screen or two. */

import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { floors, hiddenFrom, roomOf } from '../tools/floors.ts'
import { generated } from '../tools/generate.ts'

const top = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, top), 'utf8')
const sources = [
  'build.ts',
  ...['lib/', 'tasks/'].flatMap(folder =>
    readdirSync(new URL(folder, top), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.ts'))
      .map(path => `${folder}${path}`),
  ),
]

test.each(Object.entries(generated))('%s is what its source prints', (file, make) => {
  expect(read(file)).toBe(make(read(file)))
})

/** Of `import`, `export … from`, `import()` and types alike. */
function specifiersIn(text: string): readonly string[] {
  const statement = /^\s*(?:import|export)\b[^'"`;=]*?from\s*['"]([^'"]+)['"]/gm
  const bare = /^\s*import\s*['"]([^'"]+)['"]/gm
  const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
  return [statement, bare, dynamic].flatMap(pattern =>
    [...text.matchAll(pattern)].map(([, found]) => found ?? ''),
  )
}

test('the search for imports finds every form of them', () => {
  const text = `
import { a } from './a.ts'
import type { B } from './b.ts'
import {
  type C,
  d,
} from './c.ts'
export * from './d.ts'
export type { E } from './e.ts'
import './f.ts'
const g = await import('./g.ts')
type H = import('./h.ts').H
`
  expect([...specifiersIn(text)].toSorted()).toEqual([...'abcdefgh'].map(name => `./${name}.ts`))
})

/** What the table of floors forbids a file to import. Packages and JSON lie in no room. */
const forbidden = (from: string, specifier: string): boolean => {
  if (!specifier.startsWith('.') || specifier.endsWith('.json')) return false
  const goal = roomOf(posix.join(posix.dirname(from), specifier))
  const room = roomOf(from)
  if (goal === undefined || room === undefined) return true
  return hiddenFrom(room.name).includes(goal.name)
}

test('imports only go down', () => {
  expect(forbidden('lib/model/plan.ts', '../io/disk.ts')).toBe(true)
  expect(forbidden('lib/plan.ts', '../tasks/index.ts')).toBe(true)
  expect(forbidden('lib/plan.ts', './model/plan.ts')).toBe(false)
  const upward = sources.flatMap(file =>
    specifiersIn(read(file))
      .filter(specifier => forbidden(file, specifier))
      .map(specifier => `${file} → ${specifier}`),
  )
  expect(upward).toEqual([])
})

test('every file belongs to a room, every room has files', () => {
  expect(sources.filter(file => roomOf(file) === undefined)).toEqual([])
  const inhabited = new Set(sources.map(file => roomOf(file)?.name))
  expect(floors.flatMap(rooms => Object.keys(rooms)).filter(room => !inhabited.has(room))).toEqual([])
})

test('every file opens with a word on what it does', () => {
  expect(sources.filter(file => !/^\/\*\*[^]*?[.:]\s*(\n|\*\/)/.test(read(file)))).toEqual([])
})

test('no file is longer than 300 lines', () => {
  expect(sources.filter(file => read(file).split('\n').length > 301)).toEqual([])
})

const banned = /manager|handler|helper|util|data|info|process/i
/** Words of the trade that hold a banned one and mean something else. */
const spared = /datasets?|metadata/gi

test('no file and no exported name bears an empty word', () => {
  const exported =
    /^export (?:default )?(?:async )?(?:function\*?|class|interface|type|const|let|enum) (\w+)/gm
  const names = sources.flatMap(file => [
    file,
    ...[...read(file).matchAll(exported)].map(([, name]) => `${file}: ${name}`),
  ])
  expect(names.filter(name => banned.test(name.replaceAll(spared, '')))).toEqual([])
})
