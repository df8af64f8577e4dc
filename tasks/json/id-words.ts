/** Tells of ids that several records share, or that are of several types: warnings, since published mixes have both. Pure. */

import { fewRows, more, moreRow } from '../../lib/model/few.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import type { Ids, Shared, TypeOfIds } from './ids.ts'

/** `isCast`: what is made of the annotation has strings for numbers. */
export function aboutIds(ids: Ids, fileName: string, isCast: boolean): readonly Diagnostic[] {
  return [
    ...(ids.repeats > 0 ? [duplicates(ids, fileName)] : []),
    ...(ids.types.length > 1 && !(isCast && canCast(ids)) ? [mixture(ids, fileName)] : []),
  ]
}

function duplicates(ids: Ids, fileName: string): Diagnostic {
  const { repeats, shared, examples } = ids
  return {
    severity: 'warning',
    code: 'duplicate-ids',
    message: `${plural(repeats, 'record')} of ${fileName} ${repeats === 1 ? 'has' : 'have'} an \`id\` that an earlier one has.`,
    evidence: [
      { label: 'shared', text: `${plural(shared, 'id')} of several records` },
      ...fewRows('such as', examples, exampleInWords),
      ...moreRow(shared - examples.length),
      ...rest(ids),
    ],
    disk,
    next: 'nothing, where records are read one after the other; who finds them by `id` finds one of several.',
  }
}

function mixture(ids: Ids, fileName: string): Diagnostic {
  const { types } = ids
  return {
    severity: 'warning',
    code: 'mixed-ids',
    message: `The \`id\`s of ${fileName} are of ${formatCount(types.length)} types.`,
    evidence: [...fewRows('found', types, typeInWords), ...rest(ids)],
    disk,
    next: canCast(ids)
      ? 'if a reader wants one type, as Parquet and Arrow do, write `cast_id: string`: a copy beside it has strings alone.'
      : 'if a reader wants one type, as Parquet and Arrow do, tell the publisher: only numbers can be cast to strings.',
  }
}

const canCast = ({ types }: Ids): boolean => types.every(({ type }) => type === 'string' || type === 'number')

const disk = 'The file is placed as it was published.'

const exampleInWords = ({ id, records, count }: Shared): string => {
  const shown = records.map(formatCount)
  return `${id} in records ${[...shown, ...more(count - records.length)].join(', ')}`
}

const typeInWords = ({ type, count, record }: TypeOfIds): string =>
  `${plural(count, type)}, the first in record ${formatCount(record)}`

const rest = ({ without, unseen, isFull }: Ids): Diagnostic['evidence'] & object => [
  ...(without > 0 ? [{ label: 'without', text: plural(without, 'record') }] : []),
  ...(unseen > 0 ? [{ label: 'unseen', text: `${plural(unseen, 'record')}, too long to be held` }] : []),
  ...(isFull ? [{ label: 'unseen', text: 'there may be more: not all ids are remembered' }] : []),
]
