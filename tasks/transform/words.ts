/** What a transform says when it cannot do what is asked, or does less. Pure. */

import type { JsonSummary } from '../../lib/io/json-stream.ts'
import type { Diagnostic, DiagnosticDraft } from '../../lib/model/problem.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import type { Rewrite, TransformParams } from './params.ts'

export const disk = 'Nothing was placed.'

export const wrongType = (at: string, { type, form }: JsonSummary): DiagnosticDraft => ({
  code: 'not-an-array',
  message: `${at} is JSON, but not an array of records.`,
  evidence: [
    { label: 'wanted', text: 'an array at the top level, or a record a line' },
    { label: 'found', text: form === 'object' ? 'an object of records' : type },
  ],
  disk,
  next: 'take the keys that ask for another annotation out; this one is placed as it is.',
})

export const wrongCount = (
  { target, as }: TransformParams,
  { count, place }: NonNullable<TransformParams['records']>,
  found: number,
): DiagnosticDraft => ({
  code: 'wrong-record-count',
  message: `What ${target}/${as} is merged from holds ${plural(found, 'record')}, not the ${formatCount(count)} that the spec says.`,
  place,
  evidence: [
    { label: 'wanted', text: plural(count, 'record'), from: place },
    { label: 'found', text: plural(found, 'record') },
  ],
  disk,
  next: `if these are the annotations that you want, write \`records: ${found}\`; if not, merge others.`,
})

export const tooLong = ({ target, as }: TransformParams, record: number): DiagnosticDraft => ({
  code: 'record-too-long',
  message: `Record ${formatCount(record)} of what ${target}/${as} is made of is longer than 16 MiB.`,
  disk,
  next: 'take the keys that ask for another annotation out; this one is placed as it is.',
})

export function tooSmall({ target, as, places }: TransformParams, wanted: number, found: number): Diagnostic {
  const place = places['sample']
  return {
    severity: 'note',
    code: 'sample-too-large',
    ...(place && { place }),
    message: `${target}/${as} holds all ${plural(found, 'record')}: there are no ${formatCount(wanted)} to draw from.`,
    evidence: [
      { label: 'wanted', text: plural(wanted, 'record'), ...(place && { from: place }) },
      { label: 'found', text: plural(found, 'record') },
    ],
    next: 'take `sample` out if all of them are wanted.',
  }
}

export function unchanged(
  { target, as, places }: TransformParams,
  { match, to }: Rewrite,
  rule: number,
  records: number,
): Diagnostic {
  const place = places[`rewrite[${rule}].match`]
  return {
    severity: 'warning',
    code: 'bad-pattern',
    ...(place && { place }),
    message: `The pattern ${match} changed no image path of the ${plural(records, 'record')} in ${target}/${as}.`,
    evidence: [{ label: 'wanted', text: `${match} → ${to}`, ...(place && { from: place }) }],
    next: 'compare it with a path of the annotation: rules see what the ones before them made, and no prefix.',
  }
}
