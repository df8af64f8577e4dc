/** Events as lines for people, on stderr: one a step, and each problem in full. Knows no cursor; see live.ts. */

import type { RunEvent } from '../model/event.ts'
import { formatBytes, formatSeconds, plural } from '../model/units.ts'
import { drawDiagnostic } from './draw.ts'
import { padded } from './text.ts'
import { because, labelOf } from './words.ts'

export interface PlainOptions {
  readonly color: boolean
  readonly width: number
  /** Problems only. */
  readonly quiet: boolean
}

/** The text for an event, without line feed at its end; undefined where there is nothing to say. */
export function textOf(event: RunEvent, options: PlainOptions): string | undefined {
  switch (event.event) {
    case 'diagnostic':
      return drawDiagnostic(event.diagnostic, options)
    case 'task-started':
      return options.quiet ? undefined : step('start', event, because(event.reason))
    case 'task-finished':
      return options.quiet ? undefined : step('done', event, outcome(event))
    case 'task-failed':
      return options.quiet ? undefined : step('failed', event, event.code)
    case 'task-progress':
    case 'summary':
      return undefined
  }
}

const step = (word: string, of: Parameters<typeof labelOf>[0], rest: string): string =>
  `${padded(word, 6)} ${padded(labelOf(of), 48)}  ${rest}`

function outcome({ files, bytes, bytesDownloaded, seconds }: RunEvent & { event: 'task-finished' }): string {
  if (files === 0) return formatSeconds(seconds)
  const rate = bytesDownloaded > 0 && seconds > 0.2 ? `, ${formatBytes(bytesDownloaded / seconds)}/s` : ''
  return `${plural(files, 'file')}, ${formatBytes(bytes)} in ${formatSeconds(seconds)}${rate}`
}
