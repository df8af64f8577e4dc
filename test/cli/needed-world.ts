/** Forty images in one archive, and an annotation that names a few of them. */

import type { Mirror } from '../../demo/mirror.ts'
import { type Ground, ground, mirror } from '../rig/playground.ts'
import { archive } from './pieces.ts'

export const annotation = (...names: readonly string[]): Buffer =>
  Buffer.from(JSON.stringify(names.map((name, i) => ({ id: i, image: `birds/images/${name}` }))))

interface World {
  readonly place: Ground
  readonly host: Mirror
  /** The spec with a part of it replaced. */
  readonly change: (from: string | RegExp, to: string) => void
  readonly asked: () => readonly string[]
}

interface Wanted {
  readonly rename?: string
  readonly needed?: Buffer
}

export async function world({
  rename = '',
  needed = annotation('3.jpg', '4.jpg', '20.jpg'),
}: Wanted = {}): Promise<World> {
  const [place, host] = [ground(), await mirror()]
  const change = (from: string | RegExp, to: string): void =>
    place.spec(place.read('datasets.yaml').replace('version: 1\nroot: data\n', '').replace(from, to))
  place.spec(`groups: { all: [birds/images, notes] }
targets:
  birds/images:
    sources:
      - { url: "${host.url}/pack.zip", unzip: { root: images } }
    ${rename}
    expect: { files: 40 }
  notes:
    sources:
      - { url: "${host.url}/notes.json", json: { images: / } }
`)
  host.serve('/pack.zip', archive)
  host.serve('/notes.json', needed)
  let seen = 0
  const asked = (): readonly string[] => {
    const lines = host.requests.slice(seen).map(({ path, range }) => `${path} ${range ?? 'whole'}`)
    seen = host.requests.length
    return lines.filter(line => !line.includes('/notes.json'))
  }
  return { place, host, change, asked }
}

export const images = (place: Ground): readonly string[] =>
  Object.keys(place.tree())
    .filter(path => path.startsWith('birds/'))
    .map(path => path.replace('birds/images/', ''))
    .toSorted()
