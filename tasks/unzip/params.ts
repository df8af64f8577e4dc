/**
 * How a source of the spec asks for an archive to be unpacked, whatever its format: the keys, and the task's outline.
 * Knows no format and no file.
 */

import { object, optional, text } from '../../lib/model/grammar.ts'
import type { Place } from '../../lib/model/problem.ts'
import type { SourceRequest } from '../../lib/model/source-form.ts'
import type { Outline, TaskId } from '../../lib/model/task.ts'

/** What of the archive is wanted. */
export type Root =
  | { readonly form: 'whole' }
  /** What lies below this folder, whose own path is dropped. */
  | { readonly form: 'folder'; readonly path: string }
  /** The folder that ends like the target's own path. */
  | { readonly form: 'auto' }

export interface UnpackParams {
  readonly from: TaskId
  readonly target: string
  /** Where the tree will lie, below the root of the playground. */
  readonly at: string
  readonly lasting: boolean
  readonly root: Root
  readonly into: string | undefined
  readonly archiveBytes: number | undefined
  readonly files: number | undefined
  readonly places: { readonly root: Place; readonly into: Place }
}

const relativeFolder = (path: string): string | undefined => {
  if (path.startsWith('/')) return 'is an absolute path'
  if (path.includes('\\')) return 'has a backslash: folders are parted by /'
  const names = path.replace(/\/$/, '').split('/')
  if (names.includes('..')) return 'has .. in it'
  if (names.includes('.') || names.includes('')) return 'is not a path such as data/images'
  return undefined
}

export const unpackGrammar = object(
  {
    root: optional(
      text({
        about:
          'Only what lies below this folder of the archive; the prefix is dropped. auto: the folder that ends like the target.',
        examples: ['train2017', 'data/web-celebrity/images', 'auto'],
        check: relativeFolder,
      }),
    ),
    into: optional(
      text({
        about: 'Sub-directory of the target to unpack into.',
        examples: ['images'],
        check: relativeFolder,
      }),
    ),
  },
  { orNothing: true, about: 'Unpack the archive.' },
)

export function unpackParams(request: SourceRequest): UnpackParams {
  const written = (request.written ?? {}) as { readonly root?: string; readonly into?: string }
  const into = written.into?.replace(/\/$/, '')
  return {
    from: request.from,
    target: request.target,
    at: (request.part ?? request.target) + (into === undefined ? '' : `/${into}`),
    lasting: request.part === undefined,
    root: rootOf(written.root),
    into,
    archiveBytes: request.size,
    files: request.expectedFiles,
    places: { root: request.placeOf('root'), into: request.placeOf('into') },
  }
}

/** A folder that is really called auto is written `auto/`. */
function rootOf(written: string | undefined): Root {
  if (written === undefined) return { form: 'whole' }
  return written === 'auto' ? { form: 'auto' } : { form: 'folder', path: written.replace(/\/$/, '') }
}

export function unpackOutline(params: UnpackParams): Outline {
  const { root, into, places } = params
  return {
    name: into === undefined ? params.target : `${params.target}/${into}`,
    fingerprint: [
      { name: 'root', value: writtenRoot(root), place: places.root },
      { name: 'into', value: into ?? null, place: places.into },
      ...(root.form === 'auto' ? [{ name: 'target', value: params.target }] : []),
    ],
    takes: [params.from],
    gives: { form: 'tree', at: params.at, lasting: params.lasting },
    forecast: { bytes: params.archiveBytes, files: params.files },
  }
}

function writtenRoot(root: Root): string | null {
  switch (root.form) {
    case 'whole':
      return null
    case 'auto':
      return 'auto'
    case 'folder':
      return root.path === 'auto' ? 'auto/' : root.path
  }
}
