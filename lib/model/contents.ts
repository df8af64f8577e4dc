/** What a result is to hold, told without making it: by the directory of an archive. Types only. */

import type { Remarks } from './receipt.ts'
import type { Input, Inquiry } from './task.ts'

/** Files `0 … count - 1`, in any order. */
export interface Contents {
  readonly count: number
  /** In the result, `/` between names. */
  path(k: number): string
  bytes(k: number): number
  crc32(k: number): number
  /** For what is made of other results under new names: of which input, and which file of that. */
  readonly origin?: (k: number) => { readonly input: number; readonly k: number }
  /** What the kind would have remarked of such a result. */
  readonly remarks: Remarks
  /** Of the archive that told it. */
  readonly archiveBytes: number
}

/** What a kind gets to find out. */
export interface ContentsInquiry extends Inquiry {
  /** Absolute path of a folder for what is read. */
  readonly shelf: string
  readonly offline: boolean
  readonly foldsCase: boolean
  /** What it takes, where that lies on disk. */
  readonly input: Pick<Input, 'path' | 'remarks'> | undefined
}
