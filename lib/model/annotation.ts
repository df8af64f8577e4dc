/** What the spec says of an annotation file, for the kind that checks it (tasks/json.ts) and for `verify`. Pure. */

import { normalize } from 'node:path/posix'
import type { Fingerprint } from './fingerprint.ts'
import type { Place } from './problem.ts'
import type { TaskId } from './task.ts'

export interface JsonParams {
  /** The target's directory below the root. */
  readonly target: string
  readonly fileName: string
  /** Gives the file. */
  readonly from: TaskId
  readonly bytes: number | undefined
  readonly records?: { readonly count: number; readonly place: Place }
  /** Folder below the root (`''`: the root) that the `image` values are relative to; undefined: nobody looks for them. */
  readonly images?: string
  /** What is made of it has strings for ids. */
  readonly castsIds?: boolean
  /** What is made of it leaves out records without their images: nobody misses those here. */
  readonly mayMiss?: boolean
  /** How many of the distinct images may be missing; none when undefined. */
  readonly allowMissing?: Allowance
  readonly places?: Reference['places']
  /** Only so many records are placed, drawn by lot. */
  readonly sample?: number
}

/** What names images: an annotation, or several of one task. */
export interface Reference {
  /** The file below the target; of several the folder. */
  readonly name: string
  /** It lies in a tree that its task gives: its path there, `''` for all of the tree. Undefined where it is the file itself. */
  readonly within?: string
  /** Folder below the root (`''`: the root) that the `image` values are relative to. */
  readonly images: string
  /** How many of the distinct images may be missing; none when undefined. */
  readonly allowMissing?: Allowance | undefined
  /** Of what is written. */
  readonly places: Readonly<Partial<Record<string, Place>>>
}

/** What the kind that looks for images is told of one. */
export interface ImagesParams extends Reference {
  readonly target: string
  /** Gives the annotation. */
  readonly from: TaskId
  /** Those whose results can hold its images. */
  readonly sees: readonly TaskId[]
}

/** How many may be missing. */
export type Allowance =
  | { readonly form: 'count'; readonly files: number }
  /** Of all, 0 … 1. */
  | { readonly form: 'share'; readonly share: number }

/** `12` or `0.5%`; undefined for anything else. */
export function readAllowance(text: string): Allowance | undefined {
  if (/^\d{1,15}$/.test(text)) return { form: 'count', files: Number(text) }
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1]
  if (percent === undefined || Number(percent) > 100) return undefined
  return { form: 'share', share: Number(percent) / 100 }
}

/** As it is written: `12`, `0.5%`. */
export const allowanceInWords = (allowed: Allowance | undefined): string =>
  allowed?.form === 'share'
    ? `${Number((allowed.share * 100).toPrecision(12))}%`
    : String(allowed?.files ?? 0)

/** How many of `total` may be missing. */
export const allowedOf = (allowed: Allowance | undefined, total: number): number =>
  allowed?.form === 'share' ? Math.floor(total * allowed.share) : (allowed?.files ?? 0)

/** The folder below the root that `images:` means: below the target, or from the root when it begins with a slash. */
export function imagesFolder(target: string, written: string): string {
  const path = written.startsWith('/') ? written : `${target}/${written}`
  return path
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/')
}

/** Where below the root an image lies that an annotation names; undefined where its path leads out. `images`: what it is relative to. */
export function belowRootOf(images: string, image: string): string | undefined {
  const path = normalize(`${images}/${image}`.replace(/^\/+/, ''))
  return path === '..' || path.startsWith('../') ? undefined : path
}

/** A task that gives an annotation, and the folder below the root that its image paths are relative to. */
export interface Annotation {
  readonly task: TaskId
  readonly images: string
}

/** The ingredient of a result that is only what annotations refer to. */
export const partialMark = 'only needed'

export const isPartial = (fingerprint: Fingerprint): boolean =>
  fingerprint.some(({ name }) => name === partialMark)

/** Whether images below a folder can lie below another one; both below the root, which is `''`. */
export const canMeet = (images: string, target: string): boolean =>
  `${images}/`.startsWith(`${target}/`) || images === '' || `${target}/`.startsWith(`${images}/`)

/** What stands for the dataset in the path of an image, its first two folders: `coco/train2017` of `coco/train2017/000000033471.jpg`. */
export function prefixOf(image: string): string {
  const first = image.indexOf('/')
  const second = first < 0 ? -1 : image.indexOf('/', first + 1)
  return image.slice(0, Math.max(first, second, 0))
}
