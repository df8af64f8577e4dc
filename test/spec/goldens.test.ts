/** What a user reads, whole, for each code that this room raises. `UPDATE_GOLDENS=1` rewrites. */

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSpec } from '../../lib/spec/read.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'
import { forms, mistakes } from './fakes.ts'

const folder = new URL('../goldens/spec/', import.meta.url)
const specs = readdirSync(folder).filter(name => name.endsWith('.yaml'))
const codeOf = (name: string): string => name.split('.')[0] ?? ''

test.each(specs)('%s', name => {
  const found = mistakes(readFileSync(new URL(name, folder), 'utf8'))
  expect(found.map(({ code }) => code)).toContain(codeOf(name))
  expectGolden(`spec/${name.slice(0, -'.yaml'.length)}`, found)
})

test.each(['bad-value.hosts', 'yaml-syntax.secret'])('%s shows no secret', name => {
  expect(readFileSync(new URL(`${name}.txt`, folder), 'utf8')).not.toContain('s3cret')
})

test.each([
  ['spec-not-found', 'nowhere/datasets.yaml'],
  ['spec-not-found.directory', 'test'],
])('%s', async (name, file) => {
  expectGolden(`spec/${name}`, await problemOf(async () => readSpec({ file, forms })))
})

test('every code of the spec has a golden', () => {
  const codes =
    'yaml-syntax unknown-key missing-key wrong-type bad-value bad-address bad-parts duplicate-key unknown-name ' +
    'reserved-name group-cycle path-outside-root target-clash'
  expect(new Set(specs.map(codeOf))).toEqual(new Set(codes.split(' ')))
})
