/** What the files of a target's parts will be called, told from the parts' contents alone. Reads no file. */

import type { Contents } from '../../lib/model/contents.ts'
import type { RenameParams } from '../../lib/model/params.ts'
import { collisionsAmong } from '../../lib/model/rename.ts'
import { newName, rulesByPath } from './names.ts'

/** Undefined where images become JPEG, whose bytes nobody knows beforehand, and where the rules cannot be followed. */
export async function renamedContents(
  { rules, parts, transcode }: RenameParams,
  inputs: readonly Contents[],
  foldsCase: boolean,
): Promise<Contents | undefined> {
  if (transcode || inputs.length !== parts.length) return undefined
  const origins = inputs.flatMap((told, input) =>
    Array.from({ length: told.count }, (_, k) => ({ input, k })),
  )
  const told = (i: number): Contents => inputs[(origins[i] as (typeof origins)[number]).input] as Contents
  const inPart = (i: number): number => (origins[i] as (typeof origins)[number]).k
  const paths = origins.map(({ input, k }, i) => {
    const prefix = parts[input]?.prefix ?? ''
    const path = told(i).path(k)
    return prefix === '' ? path : `${prefix}/${path}`
  })
  const ruleOf = await rulesByPath(rules, paths)
  const names = paths.map(path => newName(path, ruleOf.get(path)))
  if (!names.every(name => name !== undefined)) return undefined
  if (collisionsAmong(names, foldsCase).length > 0) return undefined
  const [first] = inputs
  return {
    count: names.length,
    path: i => names[i] as string,
    bytes: i => told(i).bytes(inPart(i)),
    crc32: i => told(i).crc32(inPart(i)),
    origin: i => origins[i] as (typeof origins)[number],
    remarks: { checked: first?.remarks['checked'] ?? '' },
    archiveBytes: 0,
  }
}
