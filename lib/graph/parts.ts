/** Trees that do not last because a later task of their target makes something of them: whose they are, and where they lie. Pure. */

import { hash } from 'node:crypto'
import { stateFolder } from '../model/layout.ts'
import type { RenamedPart } from '../model/params.ts'
import type { Target } from '../model/spec.ts'
import type { Artifact, Task, TaskId } from '../model/task.ts'

/** Its trees are parts, of which a later task makes what lies there. */
export const isReshaped = ({ rename, transcode }: Target): boolean =>
  rename.length > 0 || transcode !== undefined

/** By what the source says and not by its position: sources that change places must not meet in one folder. */
export const partFolder = (target: string, from: TaskId, written: unknown): string =>
  `${stateFolder}/parts/${target.replaceAll('/', '~')}/${shortHash(JSON.stringify([from, written]))}`

/** `images` of `.groundwork/parts/ocr_vqa~images/9f2c01aa/images`. */
const prefixOf = (part: Artifact): string => part.at.split('/').slice(4).join('/')

/** As the task that makes something of it takes it. */
export const renamedPart = ({ id, gives, params, outline: { pieces } }: Task): RenamedPart => ({
  task: id,
  prefix: prefixOf(gives as Artifact),
  ...(pieces && { again: { pieces, unpack: params } }),
})

/** A few letters that tell apart what has one name. */
export const shortHash = (text: string): string => hash('sha256', text).slice(0, 8)
