/** The last line of a build for people. Pure. */

import type { Summary } from '../model/event.ts'
import type { Totals } from '../model/plan.ts'
import { formatBytes, formatSeconds, plural } from '../model/units.ts'

const interrupted = 130

/** `Done: 7 tasks ran, 12 fresh; 27.5 GB downloaded, 558,129 files (27.4 GB) written in 12 min 3 s.` */
export function closingLine(summary: Summary): string {
  const { ran, fresh, repaired, failed, skipped, stopped = 0, exitCode } = summary
  const word = exitCode === interrupted ? 'Interrupted' : exitCode === 0 ? 'Done' : 'Failed'
  const parts = [
    `${plural(ran, 'task')} ran`,
    repaired > 0 ? `${repaired} of them repaired` : '',
    `${fresh} fresh`,
    failed > 0 ? `${failed} failed` : '',
    stopped > 0 ? `${stopped} stopped` : '',
    skipped > stopped ? `${skipped - stopped} not tried` : '',
  ]
  const { bytesDownloaded, filesWritten, bytesWritten, seconds } = summary
  const written = `${plural(filesWritten, 'file')} (${formatBytes(bytesWritten)}) written`
  const next =
    exitCode === interrupted ? 'What was downloaded is kept: run the same command again to go on.\n' : ''
  return `${word}: ${parts.filter(part => part !== '').join(', ')}; ${formatBytes(bytesDownloaded)} downloaded, ${written} in ${formatSeconds(seconds)}.\n${next}`
}

/** `Missing without the network: 3 files, 27.5 GB and 1 file of unknown size (huggingface.co 27.5 GB, example.org size unknown).` */
export function missingLine(files: number, { download, unknown, byHost }: Totals): string {
  const known = unknown < files ? formatBytes(download) : ''
  const open = unknown > 0 ? `${plural(unknown, 'file')} of unknown size` : ''
  const bytes = [known, open].filter(part => part !== '').join(' and ')
  const hosts = Object.entries(byHost).map(
    ([host, ofHost]) => `${host} ${ofHost > 0 ? formatBytes(ofHost) : 'size unknown'}`,
  )
  return `Missing without the network: ${plural(files, 'file')}, ${bytes} (${hosts.join(', ')}).\n`
}
