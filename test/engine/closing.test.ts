/** The closing line of a run. */

import { expect, test } from 'vitest'
import type { Summary } from '../../lib/model/event.ts'
import { closingLine } from '../../lib/report/closing.ts'

const summary: Summary = {
  ran: 7,
  fresh: 12,
  repaired: 0,
  failed: 0,
  skipped: 0,
  bytesDownloaded: 27.5e9,
  bytesWritten: 27.4e9,
  filesWritten: 558_129,
  requests: 9,
  seconds: 723,
  exitCode: 0,
}

test.each<[Partial<Summary>, string]>([
  [{}, 'Done: 7 tasks ran, 12 fresh; 27.5 GB downloaded, 558,129 files (27.4 GB) written in 12 min 3 s.\n'],
  [{ repaired: 1 }, 'Done: 7 tasks ran, 1 of them repaired, 12 fresh;'],
  [{ failed: 1, skipped: 2, exitCode: 1 }, 'Failed: 7 tasks ran, 12 fresh, 1 failed, 2 not tried;'],
  [{ failed: 1, skipped: 3, stopped: 1, exitCode: 1 }, '12 fresh, 1 failed, 1 stopped, 2 not tried;'],
  [{ failed: 1, skipped: 1, stopped: 1, exitCode: 1 }, '12 fresh, 1 failed, 1 stopped; '],
  [{ exitCode: 1 }, 'Failed: 7 tasks ran, 12 fresh; '],
  [{ exitCode: 130 }, 'What was downloaded is kept: run the same command again to go on.\n'],
])('%j', (rest, text) => expect(closingLine({ ...summary, ...rest })).toContain(text))
