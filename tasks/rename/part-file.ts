/** The files of a target's parts, before they are renamed: what they are, and where their bytes can be had. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { copy, linkOrMove } from '../../lib/io/disk.ts'
import type { Input, TaskId } from '../../lib/model/task.ts'

export interface PartFile {
  /** Below the target, before renaming. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly part: TaskId
  readonly origin: Origin
}

type Origin =
  | { readonly form: 'part'; readonly path: string; readonly put: (from: string, to: string) => void }
  /** The part was given back: the content lies in the last result, under the name that it had there. */
  | { readonly form: 'last result' }

/** All files of a part that belongs into the folder `prefix` below the target. */
export function filesOf({ artifact, path, manifest, sole, absent }: Input, prefix: string): PartFile[] {
  const there = absent !== true && existsSync(path)
  // Until the result is placed the part stays whole: the archive that it came from may be gone.
  const put = sole ? linkOrMove : copy
  return Array.from({ length: manifest.count }, (_, i) => {
    const inPart = manifest.path(i)
    return {
      path: prefix === '' ? inPart : `${prefix}/${inPart}`,
      bytes: manifest.size(i),
      sha256: manifest.sha256(i),
      part: artifact.task,
      origin: there ? { form: 'part', path: join(path, inPart), put } : { form: 'last result' },
    }
  })
}
