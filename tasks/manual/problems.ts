/** What a person reads who has to fetch a file. Words only. */

import type { Digests } from '../../lib/io/digest.ts'
import { fewRows, moreRow } from '../../lib/model/few.ts'
import type { ManualParams } from '../../lib/model/params.ts'
import { type Evidence, Problem } from '../../lib/model/problem.ts'
import { formatBytes, formatCount, plural, shortDigest } from '../../lib/model/units.ts'

/** A file as far as it was looked at: without digests where its size already told. */
export interface Looked {
  readonly name: string
  readonly bytes: number
  readonly digests?: Digests
}

const disk = 'Nothing was placed.'
const mostNames = 10

export const missing = (params: ManualParams, folder: string): Problem =>
  new Problem({
    code: 'manual-file-missing',
    message: `A person has to fetch the file for ${params.target}.`,
    place: params.place,
    evidence: [
      ...fewRows('to do', params.instructions.trimEnd().split(/\r?\n/), String),
      { label: 'put it', text: folder, from: 'under any name' },
      ...wantedOf(params, digest => digest),
    ],
    disk,
    next: 'do that, then run the same command again.',
  })

export const ambiguous = (params: ManualParams, folder: string, found: readonly Looked[]): Problem =>
  new Problem({
    code: 'manual-file-missing',
    message: `There are ${plural(found.length, 'file')} for ${params.target}, and nothing tells which one is meant.`,
    place: params.place,
    evidence: [
      { label: 'in', text: folder },
      ...listed(found.map(({ name, bytes }) => ({ text: name, from: formatBytes(bytes) }))),
    ],
    disk,
    next: 'leave the right one there alone, or put its sha256 into the spec.',
  })

export const stillWritten = (params: ManualParams, folder: string, name: string): Problem =>
  new Problem({
    code: 'manual-file-missing',
    message: `${name} changed while it was read: it is not whole yet.`,
    place: params.place,
    evidence: [{ label: 'in', text: folder }],
    disk,
    next: 'wait until it is written, then run the same command again.',
  })

export function otherFile(params: ManualParams, folder: string, found: readonly Looked[]): Problem {
  const { wanted, target } = params
  const [first] = found
  const algorithm = wanted.sha256 === undefined ? 'md5' : 'sha256'
  const isPinned = wanted.sha256 !== undefined || wanted.md5 !== undefined
  const digestOf = ({ digests }: Looked): string | undefined => digests?.[algorithm]
  const rows = found.map(looked => {
    const digest = digestOf(looked)
    return digest === undefined
      ? { text: `${formatCount(looked.bytes)} bytes`, from: looked.name }
      : { text: `${algorithm} ${shortDigest(digest)}`, from: `${looked.name}, ${formatBytes(looked.bytes)}` }
  })
  const whole = first && found.length === 1 ? digestOf(first) : undefined
  return new Problem({
    code: isPinned ? 'digest-mismatch' : 'size-mismatch',
    message:
      first && found.length === 1
        ? `${first.name} is not the file that the spec describes.`
        : `None of the ${plural(found.length, 'file')} for ${target} is the one that the spec describes.`,
    place: params.place,
    evidence: [
      ...wantedOf(params, shortDigest, 'wanted'),
      ...listed(rows),
      // To be copied into the spec.
      ...(whole === undefined ? [] : [{ label: '', text: whole }]),
      { label: 'in', text: folder },
    ],
    disk: `${disk} The files there are left alone.`,
    next: 'fetch it again; if the publisher replaced it, put what was found into the spec.',
  })
}

function wantedOf(
  { wanted: { size, sha256, md5 }, places }: ManualParams,
  shown: (digest: string) => string,
  label?: string,
): readonly Evidence[] {
  const row = (key: 'size' | 'sha256' | 'md5', text: string): Evidence => {
    const from = places[key]
    if (label === undefined) return { label: key, text, ...(from && { from }) }
    const first = size === undefined ? (sha256 === undefined ? 'md5' : 'sha256') : 'size'
    const named = key === 'size' ? text : `${key} ${text}`
    return { label: key === first ? label : '', text: named, ...(from && { from }) }
  }
  const bytes = size && (size.exact ? `${formatCount(size.bytes)} bytes` : `about ${formatBytes(size.bytes)}`)
  return [
    ...(bytes === undefined ? [] : [row('size', bytes)]),
    ...(sha256 === undefined ? [] : [row('sha256', shown(sha256))]),
    ...(md5 === undefined ? [] : [row('md5', shown(md5))]),
  ]
}

function listed(rows: readonly Omit<Evidence, 'label'>[]): readonly Evidence[] {
  const label = (i: number): string => (i === 0 ? 'found' : '')
  return [
    ...rows.slice(0, mostNames).map((row, i) => ({ label: label(i), ...row })),
    ...moreRow(rows.length - mostNames),
  ]
}
