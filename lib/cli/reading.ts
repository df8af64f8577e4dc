/** What a verb tells while files are read to know whether they are as recorded: why, and how far it is. Knows no file. */

import { errorCode } from '../io/disk.ts'
import type { Diagnostic } from '../model/problem.ts'
import { formatBytes, plural } from '../model/units.ts'
import { nextTick } from '../run/times.ts'
import type { LookOptions, ToBeRead } from '../survey.ts'
import type { Console } from './console.ts'

type Telling = Required<Pick<LookOptions, 'signal' | 'onReading' | 'onHashed'>>

/** A build writes new times down behind it; `verify` reads whatever the times are. */
type Purpose = 'to build' | 'to look' | 'to read'

/** So many bytes, or most of the files: then it is worth a word why they are read. */
const manyBytes = 64 << 20

export function tellingOfReads(console: Console, signal: AbortSignal, purpose: Purpose): Telling {
  let [done, total] = [0, 0]
  return {
    signal,
    onReading({ bytes, apart, among }) {
      ;[done, total] = [0, bytes]
      const isMuch = apart.bytes >= manyBytes || 2 * apart.files > among
      if (isMuch && purpose !== 'to read')
        console.report({ event: 'diagnostic', diagnostic: timesDiffer(apart, purpose) })
      console.watch(0)
    },
    onHashed(bytes) {
      done += bytes
      console.report({ event: 'reading', done, total })
    },
  }
}

/** By which what is read before the playground is held can be recorded once it is. Undefined where nothing can be written. */
export const clockAt = (state: string) => async (): Promise<number | undefined> => {
  try {
    return await nextTick(state)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}

/** As after a copy, where every file is another one to the system. */
function timesDiffer({ files, bytes }: ToBeRead['apart'], purpose: Purpose): Diagnostic {
  const isOne = files === 1
  return {
    severity: 'note',
    code: 'times-differ',
    message: `${plural(files, 'file')} (${formatBytes(bytes)}) ${isOne ? 'has' : 'have'} other times or inodes than recorded, as after a copy: ${isOne ? 'it is' : 'they are'} read.`,
    disk:
      purpose === 'to build'
        ? 'What has the recorded bytes is fresh; its times are recorded, and the next build does not read it.'
        : 'Nothing is recorded: a build reads them once more, and records their times.',
  }
}
