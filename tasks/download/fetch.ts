/** What stays the same over all requests of a download. Types only. */

import type { Patience } from '../../lib/io/http.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import type { Inquiry, Workbench } from '../../lib/model/task.ts'
import type { PartialFile } from './partial.ts'
import type { Tuning } from './tuning.ts'

/** What is used of a workbench by who asks for ranges. */
export type Asking = Inquiry &
  Pick<Workbench, 'shelf' | 'offline' | 'received'> & {
    /** What of the archive is wanted, in words: `3 of its 40 files`. */
    readonly wanted?: string
    /** An offer gives no ranges. */
    readonly onRangeless?: () => void
  }

export interface Fetch<Bench = Workbench> {
  readonly params: DownloadParams
  readonly part: PartialFile
  readonly bench: Bench
  readonly patience: Patience
  readonly tuning: Tuning
  /** How many addresses together make the file. */
  readonly parts: number
  /** Whether another address is left that could be faster than a slow one. */
  readonly hasOthers: boolean
}
