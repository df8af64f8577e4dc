/** A playground of one target whose zip is large enough to be unpacked as it arrives, and the host that has it. */

import type { Mirror } from '../../demo/mirror.ts'
import { noise } from '../rig/arriving.ts'
import { type Ground, ground, mirror, sha256Of } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'

export const pictures = Array.from({ length: 48 }, (_, i) => ({
  name: `images/${i}.jpg`,
  content: noise(i),
}))
export const archive = zipOf(pictures)
export const tree = Object.fromEntries(pictures.map(({ name, content }) => [name, sha256Of(content)]))

interface Asked {
  readonly root?: string
  readonly mirrors?: readonly string[]
  readonly pinned?: boolean
  readonly sized?: boolean
}

export async function world({
  root = 'images',
  mirrors = [],
  pinned = true,
  sized = false,
}: Asked = {}): Promise<{
  place: Ground
  host: Mirror
}> {
  const [place, host] = [ground(), await mirror()]
  const size = sized ? `, size: ${archive.length}` : ''
  const pins = (pinned ? `, sha256: ${sha256Of(archive)}` : '') + size
  const others = mirrors.map(path => `${host.url}/${path}`).join(', ')
  place.spec(
    `targets: { images: { sources: [{ url: "${host.url}/pack.zip", mirrors: [${others}]${pins}, unzip: { root: ${root} } }] } }\n`,
  )
  host.serve('/pack.zip', archive)
  return { place, host }
}
