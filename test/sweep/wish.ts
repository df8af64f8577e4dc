/** What a random spec asks for, and its text. Sources come from a catalogue in which every kind of task occurs. Pure. */

import { type Name, pin, type Version } from './world.ts'

export interface TargetWish {
  /** Of the catalogue. */
  readonly sources: readonly number[]
  /** Of the rules; 0 is none. */
  readonly rule: number
  /** Files to expect. */
  readonly expect: number | undefined
  readonly title: number
}

export type Wish = Readonly<Record<string, TargetWish>>
export type Published = Readonly<Record<Name, Version>>

/** What stands for one source in the spec. `pinned` gives the digest of the version that is published. */
type Line = (mirror: string, pinned: (name: Name) => string) => string

const catalogue: readonly Line[] = [
  () => '{ url: published/alpha.zip, unzip: { root: wrap } }',
  () => '{ url: published/alpha.zip }',
  (mirror, pinned) => `{ url: '${mirror}/beta.zip', sha256: ${pinned('beta.zip')}, unzip: { into: images } }`,
  () => '{ download: shared, unzip: { root: x } }',
  () => '{ download: shared, unzip: { root: y, into: y } }',
  (mirror, pinned) => `{ url: '${mirror}/notes.json', sha256: ${pinned('notes.json')}, json: {} }`,
  () => '{ url: published/LICENSE, file: LICENSE.txt }',
  () => '{ url: published/beta.zip, unzip: { into: deep } }',
  () => '{ url: published/notes.json, json: { records: 2 } }',
  (_, pinned) => `{ url: published/LICENSE, sha256: ${pinned('LICENSE')}, file: LICENSE.txt }`,
  () => '{ url: published/beta.zip }',
]

export const sourceCount = catalogue.length

const rules = [
  '',
  "{ match: '**/*.{gif,png}', to: '{dir}/{stem}.jpg' }",
  "{ match: '**/*.{gif,png}', to: '{dir}/{stem}-{ext}.jpg' }",
  "{ match: '**/*.jpg', to: 'all/{stem}.jpg' }",
] as const

export const ruleCount = rules.length

export function textOf(wish: Wish, published: Published, mirror: string): string {
  const pinned = (name: Name): string => pin(name, published[name])
  const targets = Object.entries(wish).map(([name, { sources, rule, expect, title }]) =>
    [
      `  ${name}:`,
      `    title: Number ${title}`,
      '    sources:',
      ...sources.map(source => `      - ${catalogue[source]?.(mirror, pinned)}`),
      ...(rule === 0 ? [] : ['    rename:', `      - ${rules[rule]}`]),
      ...(expect === undefined ? [] : [`    expect: { files: ${expect} }`]),
    ].join('\n'),
  )
  return [
    'version: 1',
    'root: data',
    'downloads:',
    `  shared: { url: '${mirror}/shared.zip', sha256: ${pinned('shared.zip')} }`,
    ...(targets.length > 0 ? ['targets:', ...targets] : ['targets: {}']),
    '',
  ].join('\n')
}
