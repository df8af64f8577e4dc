/** The small playground of these tests: an archive that two targets share, renames, an annotation, a plain file. */

import { expect } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { type Ground, ground, mirror, type Ran, sha256Of, zip } from '../rig/playground.ts'

export const pictures = zip({
  'pack/images/a.jpg': 'picture a',
  'pack/images/b.png': 'picture b',
  'pack/masks/a.png': 'mask a',
})
export const records = JSON.stringify([
  { id: 1, image: 'a.jpg' },
  { id: 2, image: 'b.jpg' },
])

/** Task ids by what they do; the names of downloads hold a digest of their address. */
export const short = (tasks: readonly string[]): readonly string[] =>
  tasks.map(task => task.replace(/@[0-9a-f]{8}$/, '')).toSorted()

const specOf = (url: string): string => `groups:
  playground: [images, masks]
downloads:
  pack:
    url: ${url}/pack.zip
    sha256: ${sha256Of(pictures)}
    size: ${pictures.length}
targets:
  images:
    title: Images
    sources:
      - download: pack
        unzip: { root: pack/images }
      - url: ${url}/notes.json
        sha256: ${sha256Of(records)}
        json: { records: 2, images: /images }
      - url: ${url}/LICENSE
        file: LICENSE.txt
    rename:
      - { match: '*.png', to: '{stem}.jpg' }
    expect: { files: 4 }
  masks:
    sources:
      - download: pack
        unzip: { root: pack/masks }
`

export const everything = [
  'download:LICENSE',
  'download:notes.json',
  'download:pack.zip',
  'expect:images',
  'file:images/LICENSE.txt',
  'images:images/notes.json',
  'json:images/notes.json',
  'rename:images',
  'unzip:images',
  'unzip:masks',
]

export const whole = {
  'images/LICENSE.txt': sha256Of('MIT\n'),
  'images/a.jpg': sha256Of('picture a'),
  'images/b.jpg': sha256Of('picture b'),
  'images/notes.json': sha256Of(records),
  'masks/a.png': sha256Of('mask a'),
}

export interface World {
  readonly place: Ground
  readonly host: Mirror
  /** Writes the spec with a part of it replaced. */
  readonly change: (from: string | RegExp, to: string) => void
  /** Addresses asked since the last call. */
  readonly asked: () => readonly string[]
}

export async function world(): Promise<World> {
  const place = ground()
  const host = await mirror()
  host.serve('/pack.zip', pictures)
  host.serve('/notes.json', Buffer.from(records))
  host.serve('/LICENSE', Buffer.from('MIT\n'))
  let spec = specOf(host.url)
  place.spec(spec)
  let seen = 0
  return {
    place,
    host,
    change(from, to) {
      if (spec.search(from) < 0 && !spec.includes(String(from))) throw new Error(`the spec has no ${from}`)
      spec = spec.replace(from, to)
      place.spec(spec)
    },
    asked() {
      const paths = host.requests.slice(seen).map(({ path }) => path)
      seen = host.requests.length
      return paths.toSorted()
    },
  }
}

/** What was foretold is what ran: `--dry-run` first, then the deed. */
export async function foretoldAndDone(place: Ground): Promise<Ran> {
  const { events } = await place.run('build', '--dry-run')
  const plan = events.find(({ event }) => event === 'plan') as unknown as {
    steps: { task: string; verdict: string }[]
  }
  const stale = plan.steps.filter(({ verdict }) => verdict === 'stale').map(({ task }) => task)
  const ran = await place.run('build')
  expect(ran.started).toEqual(expect.arrayContaining(stale))
  if (plan.steps.every(({ verdict }) => verdict !== 'unsettled'))
    expect(ran.started).toEqual(stale.toSorted())
  return ran
}
