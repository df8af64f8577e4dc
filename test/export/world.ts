/** The playground of these tests: a renamed archive, one in it, an annotation inside of a tree's folder, a list, odd names, credentials. */

import type { Mirror } from '../../demo/mirror.ts'
import { type Ground, ground, mirror, sha256Of, zip } from '../rig/playground.ts'
import { picture } from '../urls/rig.ts'

export const pictures = zip({
  'pack/train[1]/a.jpg': 'picture a',
  'pack/train[1]/b.png': 'picture b',
  'pack/train[1]/sub/c.JPG': 'picture c',
  'pack/train[1]/LICENSE': 'MIT',
})
const inner = zip({ 'deep/images/x.jpg': 'picture x', 'deep/images/y.jpg': 'picture a' })
export const outer = zip({ 'data/images.zip': inner })
export const records = JSON.stringify([
  { id: 1, image: 'a.jpg', conversations: [{ from: 'human', value: '<image>\nWhat is it?' }] },
  { id: 'two', conversations: [] },
])

export const listOf = ({ url }: Mirror): string => `${url}/one.gif\n${url}/two.gif\n`

export interface ExportWorld {
  readonly place: Ground
  readonly host: Mirror
}

export async function exportWorld(): Promise<ExportWorld> {
  const place = ground()
  const host = await mirror()
  host.serve('/pack.zip', pictures)
  host.serve('/outer.zip', outer)
  host.serve('/notes.json', Buffer.from(records))
  host.serve('/list.txt', Buffer.from(listOf(host)))
  host.serve('/one.gif', picture(1))
  host.serve('/two.gif', picture(2))
  const signed = host.url.replace('http://', 'http://ann:secret@')
  place.spec(`groups:
  pets: [pets/images, pets]
targets:
  pets/images:
    title: Pictures of pets
    license: CC BY-SA 4.0
    homepage: https://www.example.org/pets
    sources:
      - url: ${host.url}/pack.zip
        sha256: ${sha256Of(pictures)}
        unzip: { root: "pack/train[1]" }
    rename: [{ match: '**/*.png', to: '{dir}/{stem}.jpg' }]
  pets:
    license: Terms of the shop
    homepage: https://github.com/shop/pets
    sources:
      - url: ${signed}/notes.json?token=abcdef&part=1
        json: { records: 2, images: /pets/images }
  pets-more/images:
    sources:
      - url: ${host.url}/outer.zip
        unzip: { inner: data/images.zip, root: auto }
  listed:
    sources:
      - urls: { from: "${host.url}/list.txt" }
`)
  return { place, host }
}
