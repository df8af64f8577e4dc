/** Parameters of the tasks that the graph asks for by itself, told from what the spec says. Pure. */

import type { Address } from '../model/address.ts'
import { stateFolder } from '../model/layout.ts'
import type { DownloadParams, ExpectParams, ManualParams, RenameParams } from '../model/params.ts'
import type { Place } from '../model/problem.ts'
import {
  below,
  type Download,
  type Origin,
  placeOf,
  type Source,
  type Spec,
  type Target,
} from '../model/spec.ts'
import type { Task } from '../model/task.ts'
import { renamedPart, shortHash } from './parts.ts'

/** `key`: a few letters of a digest. */
export function downloadParams(
  spec: Spec,
  download: Download,
  [address]: readonly Address[],
  key: string,
): DownloadParams {
  const fileName = address?.fileName ?? 'file'
  const placeNamed = (name: string): Place =>
    download.locked?.places[name] ?? placeOf(spec, below(download.pointer, name))
  return {
    name: `${fileName}@${key}`,
    download,
    folder: spec.folder,
    at: `${stateFolder}/archives/${key}/${fileName}`,
    fileName,
    places: Object.fromEntries(['url', 'sha256', 'md5', 'size'].map(name => [name, placeNamed(name)])),
  }
}

/** Two of a target are told apart by their pins, which they have then. */
export function manualParams(
  spec: Spec,
  target: string,
  { pointer }: Source,
  wanted: Origin & { form: 'manual' },
  fileName: string,
): ManualParams {
  const key = shortHash(['manual', target, fileName, wanted.sha256, wanted.md5].join('\n'))
  const placed = (name: string) => placeOf(spec, below(pointer, name))
  return {
    name: `${fileName}@${key}`,
    target,
    instructions: wanted.instructions,
    wanted,
    at: `${stateFolder}/archives/${key}/${fileName}`,
    fileName,
    place: placed('manual'),
    places: { sha256: placed('sha256'), md5: placed('md5'), size: placed('size') },
  }
}

/** New names, real JPEG, or both. `files`: how many they are together, where the spec tells. */
export function renameParams(
  spec: Spec,
  name: string,
  target: Target,
  parts: readonly Task[],
  files: number | undefined,
): RenameParams {
  const placed = (...keys: readonly (string | number)[]) => placeOf(spec, below(target.pointer, ...keys))
  return {
    target: name,
    rules: target.rename.map((rule, i) => ({ ...rule, place: placed('rename', i) })),
    parts: parts.map(renamedPart),
    transcode: target.transcode && { place: placed('transcode') },
    bytes: total(parts.map(part => part.outline.forecast.bytes)),
    files,
  }
}

/** `placed`: what sources give; `made`: what is made of annotations among that. */
export function expectParams(
  spec: Spec,
  name: string,
  { expect: { files, images }, pointer }: Target,
  placed: readonly Task[],
  made: readonly Task[],
): ExpectParams {
  const standsAt = (key: string) => placeOf(spec, below(pointer, 'expect', key))
  return {
    target: name,
    files: files === undefined ? undefined : { wanted: files, place: standsAt('files') },
    images: images ? { place: standsAt('images'), except: made.map(({ id }) => id) } : undefined,
    parts: [...placed, ...made].map(({ id }) => id),
  }
}

const total = (numbers: readonly (number | undefined)[]): number | undefined =>
  numbers.reduce((sum, value) => (sum === undefined || value === undefined ? undefined : sum + value), 0)
