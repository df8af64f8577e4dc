/** Source forms shaped like the real ones of `tasks/`, and the two ways that tests read a spec. */

import { choice, integer, list, notation, object, optional, text } from '../../lib/model/grammar.ts'
import { type Diagnostic, Problem } from '../../lib/model/problem.ts'
import type { SourceForm } from '../../lib/model/source-form.ts'
import type { Spec } from '../../lib/model/spec.ts'
import { parseSpec } from '../../lib/spec/read.ts'

const archive = object({ root: optional(text()), into: optional(text()) }, { orNothing: true })

const form = (key: string, grammar: SourceForm<unknown>['grammar']): SourceForm<unknown> => ({
  key,
  grammar,
  params: request => request,
})

export const forms: readonly SourceForm<unknown>[] = [
  { ...form('unzip', archive), fills: true },
  form('untar', archive),
  {
    derives: { kind: 'made', at: () => undefined, params: request => request },
    ...form(
      'json',
      object(
        {
          records: optional(integer()),
          images: optional(text()),
          allow_missing: optional(
            notation({
              expected: 'a number or a share',
              pattern: '^\\d+%?$',
              number: true,
              read: written => (/^\d+%?$/.test(written) ? written : undefined),
            }),
          ),
          fields: optional(list(choice(['id', 'image']), { orSingle: true })),
        },
        { orNothing: true },
      ),
    ),
  },
  form(
    'file',
    text({ pattern: '^[^/]+$', check: name => (name.includes('/') ? 'is not a bare name' : undefined) }),
  ),
]

export const parse = (yaml: string): Spec =>
  parseSpec(yaml, { file: 'datasets.yaml', folder: '/project', forms })

/** What is wrong with a spec; nothing where it is right. Anything but a Problem is thrown on. */
export function mistakes(yaml: string): readonly Diagnostic[] {
  try {
    parse(yaml)
    return []
  } catch (error) {
    if (error instanceof Problem) return error.diagnostics
    throw error
  }
}

/** A spec of one target, whose body is given in the lines of YAML's flow or block style. */
export const withTarget = (body: string): string =>
  `version: 1\ntargets:\n  coco/train2017:\n${indented(body, 4)}\n`

/** A spec of one source. */
export const withSource = (body: string): string =>
  withTarget(`sources:\n  - ${indented(body, 4).trimStart()}`)

const indented = (body: string, by: number): string => body.replace(/^/gm, ' '.repeat(by))
