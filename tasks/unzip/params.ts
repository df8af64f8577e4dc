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
  /** The path of an archive inside of the archive, which is unpacked instead of it. */
  readonly inner: string | undefined
  readonly archiveBytes: number | undefined
  readonly files: number | undefined
  /** `parts`: the list of them, of an archive that has several. */
  readonly places: {
    readonly root: Place
    readonly into: Place
    readonly inner: Place
    readonly parts?: Place | undefined
  }
}

const relativeFolder = (path: string): string | undefined => {
  if (path.startsWith('/')) return 'is an absolute path'
  if (path.includes('\\')) return 'has a backslash: folders are parted by /'
  const names = path.replace(/\/$/, '').split('/')
  if (names.includes('..')) return 'has .. in it'
  if (names.includes('.') || names.includes('')) return 'is not a path such as data/images'
  return undefined
}

const unpackKeys = {
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
}

export const unpackGrammar = object(unpackKeys, { orNothing: true, about: 'Unpack the archive.' })

const tarName = /\.(tar(\.\w+)?|t(gz|bz2?|xz|zst))$/i

function innerPath(path: string): string | undefined {
  if (path.endsWith('/')) return 'is a folder'
  return tarName.test(path)
    ? 'is a tar: of what lies in an archive only a zip is unpacked'
    : relativeFolder(path)
}

export const unzipGrammar = object(
  {
    ...unpackKeys,
    inner: optional(
      text({
        about: 'Path of a zip inside of the archive: that one is unpacked, and root is a folder of it.',
        examples: ['data/images.zip'],
        check: innerPath,
      }),
    ),
  },
  { orNothing: true, about: 'Unpack the archive.' },
)

interface Written {
  readonly root?: string
  readonly into?: string
  readonly inner?: string
}

export function unpackParams(request: SourceRequest): UnpackParams {
  const written = (request.written ?? {}) as Written
  const into = written.into?.replace(/\/$/, '')
  const { download, places } = request.download ?? {}
  return {
    from: request.from,
    target: request.target,
    at: (request.part ?? request.target) + (into === undefined ? '' : `/${into}`),
    lasting: request.part === undefined,
    root: rootOf(written.root),
    into,
    inner: written.inner,
    archiveBytes: request.size,
    files: request.expectedFiles,
    places: {
      root: request.placeOf('root'),
      into: request.placeOf('into'),
      inner: request.placeOf('inner'),
      parts: (download?.url.length ?? 0) > 1 ? places?.['url'] : undefined,
    },
  }
}

/** A folder that is really called auto is written `auto/`. */
function rootOf(written: string | undefined): Root {
  if (written === undefined) return { form: 'whole' }
  return written === 'auto' ? { form: 'auto' } : { form: 'folder', path: written.replace(/\/$/, '') }
}

export function unpackOutline(params: UnpackParams): Outline {
  const { root, into, inner, places } = params
  return {
    name: into === undefined ? params.target : `${params.target}/${into}`,
    fingerprint: [
      { name: 'root', value: writtenRoot(root), place: places.root },
      { name: 'into', value: into ?? null, place: places.into },
      ...(inner === undefined ? [] : [{ name: 'inner', value: inner, place: places.inner }]),
      ...(root.form === 'auto' ? [{ name: 'target', value: params.target }] : []),
    ],
    takes: [params.from],
    gives: { form: 'tree', at: params.at, lasting: params.lasting },
    forecast: { bytes: params.archiveBytes, files: params.files, isPacked: true },
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
