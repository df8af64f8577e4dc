/** A playground of one target whose annotation is large enough to be checked as it arrives, and the host that has it. */

import type { Mirror } from '../../demo/mirror.ts'
import { megabyte } from '../rig/arriving.ts'
import { type Ground, ground, mirror, sha256Of } from '../rig/playground.ts'

export const count = 16 * 1024

/** 16 MB of records, a kilobyte each: one in `flaw`'s place, or all as they should be. `seed`: other texts of the same length. */
export function annotation({ flaw, seed = 'a' }: { flaw?: number; seed?: string } = {}): Buffer {
  const records = Array.from({ length: count }, (_, i) => {
    const head = `{"id":"${String(i).padStart(12, '0')}","image":"${i}.jpg","text":"`
    const whole = `${head}${seed.repeat(1021 - head.length)}"}`
    return i === flaw ? whole.replace('"text":', '"text",') : whole
  })
  return Buffer.from(`[${records.join(',\n')}]`)
}

interface Asked {
  readonly content?: Buffer
  readonly mirrors?: readonly string[]
  readonly pin?: string
  readonly json?: string
  readonly hosts?: string
  /** Sources. */
  readonly more?: string
}

export async function world({
  content = annotation(),
  mirrors = [],
  pin,
  json = '{}',
  hosts = '{}',
  more = '',
}: Asked = {}): Promise<{ place: Ground; host: Mirror }> {
  const [place, host] = [ground(), await mirror()]
  const others = mirrors.map(path => `${host.url}/${path}`).join(', ')
  const pins = pin === undefined ? '' : `, sha256: ${pin}`
  place.spec(
    `hosts: ${hosts}
targets: { notes: { sources: [{ url: "${host.url}/mix.json", mirrors: [${others}]${pins}, json: ${json} }${more}] } }\n`,
  )
  host.serve('/mix.json', content)
  return { place, host }
}

export const treeOf = (content: Buffer): Readonly<Record<string, string>> => ({
  'notes/mix.json': sha256Of(content),
})

/** Where the middle of it is held back. */
export const heldBack = { from: 8 * megabyte, to: 9 * megabyte }
