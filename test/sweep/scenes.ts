/** Builds worth sweeping: what the playground was built of before, and what has changed since. Judges nothing. */

import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type TarPart, tarOf } from '../rig/tars.ts'
import { zipOf } from '../rig/zips.ts'
import { type Name, pin, sha256, type Version, type World } from './world.ts'

export interface Scene {
  readonly name: string
  /** Before a first build; absent where the playground is empty. */
  before?(world: World): void
  /** After it. */
  change(world: World): void
  /** Its archive is unpacked while it arrives, and given back meanwhile: nothing of it may be fetched twice. */
  readonly archive?: Buffer
  /** Whether a file of the playground is one that was renamed. */
  readonly renamed?: (path: string) => boolean
  /** Below the root: the files that a person wrote, which no build may lose. */
  readonly personal?: readonly string[]
}

interface Wanted {
  readonly rule?: string
  readonly shared?: Version
  readonly alphaRoot?: string
  readonly without?: 'notes'
}

/** A list of addresses, of which one gives nothing and two are filled from an archive. */
function listSpec({ mirror }: World, keys: readonly string[]): string {
  const address = (key: string): string => (key.startsWith('lost') ? `/${key}.txt` : '/LICENSE')
  const list = Buffer.from(
    keys.map(key => JSON.stringify({ id: key, url: `${mirror.url}${address(key)}` })).join('\n'),
  )
  const entries = { 'images/lost-1.txt': 'first', 'images/lost-2.txt': 'second' }
  mirror.serve('/list.jsonl', list)
  mirror.serve('/gaps.zip', zipOf(Object.entries(entries).map(([name, content]) => ({ name, content }))))
  return `version: 1
root: data
targets:
  listed:
    sources:
      - urls: { from: '${mirror.url}/list.jsonl', sha256: ${sha256(list)} }
        name: 'files/{id}.txt'
        allow_missing: 1
        fill: { url: '${mirror.url}/gaps.zip', unzip: { root: images, into: files } }
`
}

/** A tar whose root is only known at its end, a compressed one, and one compressed file. */
function tarSpec({ mirror }: World, text: string): string {
  const linked: TarPart = { name: 'v/birds/2.jpg', type: '1', goal: 'v/birds/1.jpg' }
  const served = {
    'birds.tar': tarOf([
      { name: 'v/birds/1.jpg', content: text },
      linked,
      { name: 'readme', content: 'not wanted' },
    ]),
    'fish.tar.gz': gzipSync(
      tarOf([
        { name: './a/1.jpg', content: text },
        { name: './2.jpg', content: 'two' },
      ]),
    ),
    'boxes.json.gz': gzipSync(`["${text}"]`),
  }
  for (const [name, bytes] of Object.entries(served)) mirror.serve(`/${name}`, bytes)
  return `version: 1
root: data
targets:
  birds:
    sources: [{ url: '${mirror.url}/birds.tar', sha256: ${sha256(served['birds.tar'])}, untar: { root: auto } }]
  fish:
    sources:
      - { url: '${mirror.url}/fish.tar.gz', sha256: ${sha256(served['fish.tar.gz'])} }
      - { url: '${mirror.url}/boxes.json.gz', sha256: ${sha256(served['boxes.json.gz'])}, untar: {} }
`
}

/** Every kind of task, an archive that two targets share, local files and files of a host. */
function specOf(
  { mirror }: World,
  { rule = '{dir}/{stem}.jpg', shared = 1, ...wanted }: Wanted = {},
): string {
  const notes = `
  notes:
    sources:
      - { url: '${mirror.url}/notes.json', sha256: ${pin('notes.json', 1)}, json: { records: 2 } }
      - { url: published/LICENSE, file: LICENSE.txt }
      - { download: shared, unzip: { root: y, into: y } }
`
  return `version: 1
root: data
downloads:
  shared: { url: '${mirror.url}/shared.zip', sha256: ${pin('shared.zip', shared)} }
targets:
  pictures/a:
    sources:
      - { url: published/alpha.zip, unzip: { root: ${wanted.alphaRoot ?? 'wrap'} } }
    expect: { files: 3 }
  pictures/b:
    sources:
      - { url: '${mirror.url}/beta.zip', sha256: ${pin('beta.zip', 1)}, unzip: { into: images } }
      - { download: shared, unzip: { root: x } }
    rename:
      - { match: '**/*.{gif,png}', to: '${rule}' }
${wanted.without === 'notes' ? '' : notes}`
}

const noise = (kilobytes: number, seed: string): Buffer =>
  createHash('shake256', { outputLength: kilobytes << 10 })
    .update(seed)
    .digest()

/** Of two targets, by turns; the files of one are renamed, and one file is larger than what may lie there at once. */
const large = zipOf(
  Array.from({ length: 18 }, (_, i) => ({
    name: i % 2 === 0 ? `even/${i}.png` : `odd/${i}.jpg`,
    content: noise(i === 7 ? 1200 : 200, `${i}`),
  })),
)
/** So much that threads are begun for it. */
const larger = zipOf([
  ...Array.from({ length: 14 }, (_, i) => ({
    name: i % 2 === 0 ? `even/${i}.png` : `odd/${i}.jpg`,
    content: noise(256, `${i}`),
  })),
  { name: 'odd/blank.jpg', content: Buffer.alloc(16 << 20), method: 8 },
])

const isEven = (path: string): boolean => path.startsWith('even/')

function largeSpec({ mirror }: World, archive: Buffer): string {
  mirror.serve('/large.zip', archive)
  return `version: 1
root: data
downloads:
  large: { url: '${mirror.url}/large.zip', sha256: ${sha256(archive)} }
targets:
  even:
    sources: [{ download: large, unzip: { root: even } }]
    rename: [{ match: '**/*.png', to: '{dir}/{stem}.jpg' }]
    expect: { files: ${archive === large ? 9 : 7} }
  odd:
    sources: [{ download: large, unzip: { root: odd } }]
`
}

const build = (world: World): void => world.write(specOf(world))

export const scenes = {
  first: { name: 'a first build', change: build },
  rule: {
    name: 'another rename rule',
    before: build,
    change: world => world.write(specOf(world, { rule: '{dir}/{stem}-{ext}.jpg' })),
  },
  archive: {
    name: 'another version of a shared archive and of a local one',
    before: build,
    change(world) {
      for (const name of ['shared.zip', 'alpha.zip'] satisfies Name[]) world.publish(name, 2)
      world.write(specOf(world, { shared: 2 }))
    },
  },
  damage: {
    name: 'files that are damaged and gone',
    before: build,
    change({ root }) {
      const file = join(root, 'pictures/a/one.jpg')
      writeFileSync(file, readFileSync(file).fill(0, 0, 1))
      rmSync(join(root, 'pictures/b/images/deep/b.jpg'))
      rmSync(join(root, 'notes/LICENSE.txt'))
    },
    personal: ['pictures/a/one.jpg'],
  },
  neighbour: {
    name: 'a target less, and files of a person in the way of its neighbours',
    before: build,
    change(world) {
      world.publish('alpha.zip', 2)
      world.publish('shared.zip', 2)
      world.write(specOf(world, { without: 'notes', shared: 2, rule: '{dir}/{stem}.gif' }))
      for (const path of [
        'pictures/a/four.gif',
        'pictures/a/three.gif',
        'pictures/b/2.gif',
        'notes/mine.txt',
      ])
        writeFileSync(join(world.root, path), `mine: ${path}`)
    },
    personal: ['pictures/a/four.gif', 'pictures/a/three.gif', 'pictures/b/2.gif', 'notes/mine.txt'],
  },
  list: {
    name: 'a list of addresses with gaps that an archive fills',
    change: world => world.write(listSpec(world, ['a', 'b', 'c', 'd', 'e', 'lost-1', 'lost-2', 'lost-3'])),
  },
  shorter: {
    name: 'another list, with entries more and less',
    before: world => world.write(listSpec(world, ['a', 'b', 'c', 'd', 'lost-1'])),
    change: world => world.write(listSpec(world, ['c', 'd', 'e', 'f', 'lost-1', 'lost-2'])),
  },
  overlapped: {
    name: 'an archive of two targets that is unpacked while it arrives',
    change: world => world.write(largeSpec(world, large)),
    archive: large,
    renamed: isEven,
  },
  threads: {
    name: 'one that threads unpack while it arrives',
    change: world => world.write(largeSpec(world, larger)),
    archive: larger,
    renamed: isEven,
  },
  tars: {
    name: 'other tars than before, and one that was damaged',
    before: world => world.write(tarSpec(world, 'first')),
    change(world) {
      rmSync(join(world.root, 'fish/2.jpg'))
      world.write(tarSpec(world, 'second'))
    },
  },
} as const satisfies Record<string, Scene>
