/** Events as lines for people, on stderr: one a step, and each problem in full. Knows no cursor; see live.ts. */

import type { RunEvent } from '../model/event.ts'
import { formatBytes, formatCount, formatSeconds, plural } from '../model/units.ts'
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
    case 'task-stopped':
      return options.quiet ? undefined : step('stop', event, event.why)
    case 'task-failed':
      return options.quiet ? undefined : step('failed', event, event.code)
    case 'task-progress':
    case 'reading':
    case 'summary':
      return undefined
  }
}

const step = (word: string, of: Parameters<typeof labelOf>[0], rest: string): string =>
  `${padded(word, 6)} ${padded(labelOf(of), 48)}  ${rest}`

function outcome(event: RunEvent & { event: 'task-finished' }): string {
  const { files, bytes, filesWritten, bytesWritten, seconds, looked } = event
  if (looked) {
    const missing = looked.missing === 0 ? '' : `, ${formatCount(looked.missing)} missing`
    return `${plural(looked.images, 'image')}${missing} in ${formatSeconds(seconds)}`
  }
  if (files === 0) return formatSeconds(seconds)
  if (filesWritten > 0 && filesWritten < files)
    return `${formatCount(filesWritten)} of ${plural(files, 'file')}, ${formatBytes(bytesWritten)} in ${formatSeconds(seconds)}${rateOf(event)}`
  return `${plural(files, 'file')}, ${formatBytes(bytes)} in ${formatSeconds(seconds)}${rateOf(event)}`
}

/** Of many small files it is their number that takes the time. */
function rateOf({
  bytesDownloaded,
  filesDownloaded = 0,
  seconds,
}: RunEvent & { event: 'task-finished' }): string {
  if (filesDownloaded > 1 && seconds > 0)
    return `, ${formatCount(Math.round(filesDownloaded / seconds))} files/s`
  return bytesDownloaded > 0 && seconds > 0.2 ? `, ${formatBytes(bytesDownloaded / seconds)}/s` : ''
}
