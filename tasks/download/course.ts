/** What a download says of its own course: waiting, beginning anew, no address or no room left. Words only. */

import type { DownloadParams } from '../../lib/model/params.ts'
import { type Diagnostic, type Evidence, Problem } from '../../lib/model/problem.ts'
import { formatBytes, formatSeconds, plural } from '../../lib/model/units.ts'
import type { Source, WebSource } from './sources.ts'

/** The lock of the playground let two builds in, as locks on some network filesystems do. */
export const takenOver = (): Problem =>
  new Problem({
    code: 'taken-over',
    message: 'Another build took this download over and goes on with it.',
    disk: 'Nothing was placed. What was received is not lost: the other build has it.',
    next: 'wait for the other build; then run the same command again.',
  })

/** `share`: behind the bytes, where they are not all of it. */
export const tooLargeForDisk = (
  { fileName }: DownloadParams,
  wanted: number,
  free: number,
  share = '',
): Problem =>
  new Problem({
    code: 'disk-full',
    message: `There is not enough room on the disk for ${fileName}.`,
    evidence: [
      { label: 'wanted', text: `${formatBytes(wanted)}${share}` },
      { label: 'found', text: `${formatBytes(free)} free` },
    ],
    disk: 'Nothing was placed, and none of it was fetched.',
    next: 'make room, or build on another disk with --root DIR.',
  })

export const offline = ({ fileName, download }: DownloadParams, source: Source): Problem =>
  new Problem({
    code: 'offline',
    message: `${fileName} is not on disk, and no host may be asked.`,
    evidence: [
      {
        label: 'wanted',
        text: download.size ? formatBytes(download.size.bytes) : 'a file of unknown size',
        from: source.host,
      },
    ],
    disk: 'Nothing was placed.',
    next: 'run the same command without --offline.',
  })

/** `wanted`: in words; where nobody knows yet, that only some of it is. */
export const offlinePart = (
  { fileName }: DownloadParams,
  source: Source,
  wanted = 'some of its files',
): Problem =>
  new Problem({
    code: 'offline',
    message: `Parts of ${fileName} are needed, and no host may be asked.`,
    evidence: [{ label: 'wanted', text: wanted, from: source.host }],
    disk: 'Nothing was placed.',
    next: 'run the same command without --offline.',
  })

export const diskFull = ({ fileName }: DownloadParams): Problem =>
  new Problem({
    code: 'disk-full',
    message: `There is no room left on the disk for ${fileName}.`,
    disk: 'Nothing was placed. What was received is kept.',
    next: 'make room, then run the same command again: it goes on where it stopped.',
  })

export function allSourcesFailed(
  { fileName }: DownloadParams,
  failures: readonly { readonly source: Source; readonly problem: Problem }[],
): Problem {
  const evidence = failures.map(
    ({ source, problem }): Evidence => ({
      label: source.key === 'url' ? 'url' : 'mirror',
      text: problem.code,
      from: source.host,
    }),
  )
  return new Problem({
    code: 'all-sources-failed',
    message: `None of the ${plural(failures.length, 'address', 'addresses')} of ${fileName} gave the file.`,
    evidence,
    disk: 'Nothing was placed.',
    next: 'the warnings above say for each what can be done; one good address is enough.',
  })
}

/** The last failure of an address, after several of them in a row. */
export function tried({ diagnostics: [last, ...others] }: Problem, times: number): Problem {
  const { evidence = [], ...rest } = last as Diagnostic
  return new Problem(
    { ...rest, evidence: [...evidence, { label: 'tried', text: `${times} times` }] },
    ...others,
  )
}

/** The host asks for more patience than a build has. */
export const asksToWait = ({ diagnostics: [last, ...others] }: Problem, milliseconds: number): Problem => {
  const { evidence = [], ...rest } = last as Diagnostic
  const asked = { label: 'asks', text: `to be left alone for ${formatSeconds(milliseconds / 1000)}` }
  return new Problem({ ...rest, evidence: [...evidence, asked] }, ...others)
}

export const waiting = (source: WebSource, { code }: Problem, milliseconds: number): Diagnostic => ({
  severity: 'note',
  code,
  message: `${source.host} asks to be left alone for ${formatSeconds(milliseconds / 1000)}: waiting.`,
})

/** Told when a partial file is of no use any more and the file is fetched from its beginning. */
export const startsAnew = (
  code: 'range-ignored' | 'source-changed' | 'digest-mismatch',
  message: string,
  lostBytes: number,
): Diagnostic => ({
  severity: 'note',
  code,
  message,
  disk: `The ${formatBytes(lostBytes)} of before are dropped; the file is fetched from its beginning.`,
})

export function stateOfDisk(keptBytes: number, nextIsTried: boolean): string {
  if (nextIsTried) return 'Nothing was placed. The next mirror is tried.'
  return keptBytes === 0
    ? 'Nothing was placed.'
    : `Nothing was placed. The ${formatBytes(keptBytes)} that were received are kept.`
}
