/** What a source can ask to be made of its annotation, or of several: the keys, and the parameters they become. Pure. */

import { type Allowance, imagesFolder } from '../../lib/model/annotation.ts'
import { boolean, choice, integer, list, object, optional, required, text } from '../../lib/model/grammar.ts'
import { type Place, Problem } from '../../lib/model/problem.ts'
import type { DerivedRequest, Original, SourceRequest } from '../../lib/model/source-form.ts'
import type { TaskId } from '../../lib/model/task.ts'
import { patternFlaw, replacementFlaw } from './pattern.ts'

type Format = 'json' | 'jsonl'

export interface Rewrite {
  readonly match: string
  readonly to: string
}

export interface TransformParams {
  /** The target's directory below the root. */
  readonly target: string
  /** Below the target: the file, or with `split` the folder of files. */
  readonly as: string
  /** In this order; one may be named twice. */
  readonly originals: readonly Original[]
  /** They are named one by one. */
  readonly isMerge: boolean
  /** Of the one original, where the spec tells. */
  readonly bytes: number | undefined
  /** Of all originals together, where they are merged. */
  readonly records: { readonly count: number; readonly place: Place } | undefined
  /** Folder below the root (`''`: the root) that the image paths of the result are relative to. */
  readonly images: string | undefined
  readonly allowMissing: Allowance | undefined
  readonly rewrite: readonly Rewrite[]
  readonly prefix: string
  readonly castId: boolean
  /** Records whose images are not all there are left out; the tasks that can have given those. */
  readonly dropMissing: boolean
  readonly present: readonly TaskId[]
  readonly sample: number | undefined
  readonly seed: number
  readonly split: boolean
  readonly format: Format
  /** Of what is written: `prefix`, `rewrite/0/match`, `merge/0`. */
  readonly places: Readonly<Record<string, Place>>
}

/** Keys beside those of a check. */
export const transformFields = {
  rewrite: optional(
    list(
      object({
        match: required(
          text({
            about: 'A regular expression; every match in an image path is replaced.',
            examples: [String.raw`\.gif$`],
            pattern: '.',
            check: patternFlaw,
          }),
        ),
        to: required(
          text({ about: 'What comes in its place; $1 is what the first group found, $& the whole.' }),
        ),
      }),
      { about: 'Changes of image paths, one after the other.' },
    ),
  ),
  prefix: optional(
    text({
      about: 'Put before each image path.',
      examples: ['coco/train2017/'],
      pattern: '.',
      check: written => (written === '' ? 'is empty' : undefined),
    }),
  ),
  cast_id: optional(
    choice(['string'], { about: 'The type of each `id`: numbers become strings of the same digits.' }),
  ),
  drop_missing: optional(
    boolean({ about: 'Records go whose images are not all there; what went stands in NAME.dropped.txt.' }),
  ),
  sample: optional(
    integer({ minimum: 1, about: 'So many records, drawn by lot, in the order of the file.' }),
  ),
  seed: optional(integer({ about: 'Another number draws other records; 0 where none is written.' })),
  split: optional(boolean({ about: 'A file for each first folder of the image paths.' })),
  format: optional(
    choice(['json', 'jsonl'], {
      about: 'One array, or a record a line; as the original where none is written.',
    }),
  ),
  as: optional(
    text({
      about: 'The name of the result below the target; NAME.clean.json where none is written.',
      examples: ['mix665k.clean.json'],
      check: nameFlaw,
    }),
  ),
}

interface Written {
  readonly records?: number
  readonly images?: string
  readonly allow_missing?: Allowance
  readonly rewrite?: readonly Rewrite[]
  readonly prefix?: string
  readonly cast_id?: 'string'
  readonly drop_missing?: boolean
  readonly sample?: number
  readonly seed?: number
  readonly split?: boolean
  readonly format?: Format
  readonly as?: string
}

const keys = ['rewrite', 'prefix', 'cast_id', 'drop_missing', 'sample', 'split', 'format', 'as'] as const

function nameFlaw(name: string): string | undefined {
  if (name.startsWith('/')) return 'is an absolute path; it has to be a name below the target'
  const parts = name.split('/')
  if (parts.includes('..')) return 'leads out of the target'
  return parts.includes('') || parts.includes('.') ? 'is not the name of a file' : undefined
}

/** Undefined where nothing is asked for, or a merge without a name. */
function nameOf(written: Written, fileName: string): string | undefined {
  if (!keys.some(key => written[key] !== undefined && written[key] !== false)) return undefined
  if (written.as !== undefined) return written.as
  if (fileName === '') return undefined
  const stem = fileName.replace(/\.(json|jsonl|ndjson)$/i, '')
  return written.split ? `${stem}.split` : `${stem}.clean.${formatOf(written, [fileName])}`
}

/**
 * The folder below the root that paths of the original are relative to, where it is asked which images it refers to though
 * something is made of it: that depends on the images itself. Undefined where it cannot be asked, as its paths become others.
 */
export function askedItself(
  target: string,
  { images, drop_missing, rewrite, prefix = '/' }: Written,
): string | undefined {
  if (images === undefined || drop_missing !== true || rewrite !== undefined) return undefined
  const isFolder = prefix.endsWith('/') && !prefix.split('/').includes('..')
  return isFolder ? imagesFolder(target, `${images}/${prefix}`) : undefined
}

const formatOf = ({ format, as }: Written, names: readonly string[]): Format =>
  format ?? ((as === undefined ? names.every(isLines) : isLines(as)) ? 'jsonl' : 'json')

const isLines = (name: string): boolean => /\.(jsonl|ndjson)$/i.test(name)

export const resultAt = ({
  target,
  written,
  fileName,
}: Pick<SourceRequest, 'target' | 'written' | 'fileName'>) => {
  const name = nameOf(written ?? {}, fileName)
  return name === undefined ? undefined : `${target}/${name}`
}

export function transformParams(request: DerivedRequest): TransformParams {
  const { target, fileName, originals, isMerge, size, placeOf } = request
  const written = (request.written ?? {}) as Written
  const { rewrite = [], prefix = '', records, images } = written
  for (const [i, { match, to }] of rewrite.entries()) {
    const says = replacementFlaw(match, to)
    const place = placeOf('rewrite', i, 'to')
    const evidence = [{ label: 'match', text: match, from: placeOf('rewrite', i, 'match') }]
    if (says !== undefined)
      throw new Problem({ code: 'bad-value', message: `"to" ${says}.`, place, evidence })
  }
  const places = Object.fromEntries([
    ...Object.keys(written).map(key => [key, placeOf(key)] as const),
    ...rewrite.flatMap((_, i) =>
      ['match', 'to'].map(key => [`rewrite[${i}].${key}`, placeOf('rewrite', i, key)] as const),
    ),
  ])
  return {
    target,
    as: nameOf(written, fileName) ?? '',
    originals,
    isMerge,
    bytes: size,
    records: isMerge && records !== undefined ? { count: records, place: placeOf('records') } : undefined,
    images: images === undefined ? undefined : imagesFolder(target, images),
    allowMissing: written.allow_missing,
    rewrite,
    prefix,
    castId: written.cast_id !== undefined,
    dropMissing: written.drop_missing === true,
    present:
      written.drop_missing === true && images !== undefined
        ? request.givenAt(imagesFolder(target, images))
        : [],
    sample: written.sample,
    seed: written.seed ?? 0,
    split: written.split === true,
    format: formatOf(
      written,
      originals.map(({ at }) => at),
    ),
    places,
  }
}

/** The originals, each once, in their order; then what gives the images. */
export const takesOf = ({ originals, present }: TransformParams): readonly TaskId[] => [
  ...new Set([...originals.map(({ task }) => task), ...present]),
]

/** Below the target: the list of what is left out. */
export const droppedName = ({ as, split }: TransformParams): string =>
  split ? `${as}/_dropped.txt` : `${as.replace(/(?:\.clean)?\.[^./]*$/, '')}.dropped.txt`
