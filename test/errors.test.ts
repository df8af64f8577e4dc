/** The list of codes, the page that explains them and the messages that are tested are one and the same set. */

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { codes } from '../lib/model/codes.ts'

const here = new URL('./', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, here), 'utf8')
const filesBelow = (folder: string, ending: string): readonly string[] =>
  readdirSync(new URL(folder, here), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith(ending))
    .map(path => `${folder}${path}`)

test('every code is explained once, and nothing else is', () => {
  const sections = [...read('../docs/errors.md').matchAll(/^### (.+)$/gm)].map(([, code]) => code)
  expect(new Set(sections)).toEqual(new Set(codes))
  expect(sections).toHaveLength(codes.length)
})

test('every code has a message whose whole text is tested', () => {
  const texts = filesBelow('goldens/', '.txt').map(read)
  const told = new Set(
    texts.flatMap(text => [...text.matchAll(/^\w+\[([a-z0-9-]+)\]/gm)].map(([, code]) => code)),
  )
  expect(told).toEqual(new Set(codes))
})

test('every code is raised somewhere', () => {
  const sources = [...filesBelow('../lib/', '.ts'), ...filesBelow('../tasks/', '.ts')]
    .filter(path => !path.endsWith('model/codes.ts'))
    .map(read)
    .join('\n')
  expect(codes.filter(code => !sources.includes(`'${code}'`))).toEqual([])
})
