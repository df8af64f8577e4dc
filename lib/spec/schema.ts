/**
 * The grammar of datasets.yaml as JSON Schema, for editors: draft-07, which YAML language servers understand best.
 * Says as much as JSON Schema can; names that do not exist are told by the build alone.
 */

import type { Grammar, ObjectGrammar } from '../model/grammar.ts'
import { type Forms, specGrammar } from './shape.ts'

type Schema = Readonly<Record<string, unknown>>

export const schemaOf = (forms: Forms): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'datasets.yaml',
  description: 'What should be on disk, and where it comes from.',
  ...schema(specGrammar(forms)),
})

const schema = (grammar: Grammar): Schema => ({
  ...(grammar.about !== undefined && { description: grammar.about }),
  ...shape(grammar),
  ...(grammar.examples && { examples: grammar.examples }),
})

function shape(grammar: Grammar): Schema {
  switch (grammar.form) {
    case 'text':
      return {
        type: ['string', 'number'],
        ...(grammar.pattern !== undefined && { pattern: grammar.pattern }),
      }
    case 'integer':
      return {
        type: 'integer',
        minimum: grammar.minimum ?? 0,
        ...(grammar.maximum !== undefined && { maximum: grammar.maximum }),
      }
    case 'boolean':
      return { type: 'boolean' }
    case 'choice':
      return { enum: grammar.choices }
    case 'notation':
      return { type: grammar.number === true ? ['string', 'number'] : 'string', pattern: grammar.pattern }
    case 'list':
      return either(grammar.orSingle === true && grammar.item, {
        type: 'array',
        items: schema(grammar.item),
        ...(grammar.atLeast !== undefined && { minItems: grammar.atLeast }),
      })
    case 'map':
      return {
        type: 'object',
        propertyNames: { pattern: grammar.key.pattern ?? '' },
        additionalProperties: schema(grammar.item),
      }
    case 'object':
      return either(
        grammar.shorthand !== undefined && grammar.fields[grammar.shorthand]?.grammar,
        objectShape(grammar),
      )
  }
}

const either = (short: Grammar | false | undefined, long: Schema): Schema =>
  short ? { anyOf: [schema(short), long] } : long

function objectShape(grammar: ObjectGrammar): Schema {
  const { fields, orNothing } = grammar
  const needed = Object.entries(grammar.needs ?? {}).map(([key, { one }]) => [key, one] as const)
  const beside = { ...grammar.beside, ...Object.fromEntries(needed) }
  const required = Object.keys(fields).filter(key => fields[key]?.required)
  const rules = rulesOf(grammar)
  return {
    type: orNothing === true ? ['object', 'null'] : 'object',
    properties: Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [key, schema(field.grammar)]),
    ),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...(rules.length > 0 && { allOf: rules }),
    ...(Object.keys(beside).length > 0 && {
      dependencies: Object.fromEntries(
        Object.entries(beside).map(([key, partners]) => [key, { anyOf: each(partners) }]),
      ),
    }),
  }
}

/** Exactly one of the keys, or no two of them. */
const rulesOf = ({ choose = [] }: ObjectGrammar): readonly Schema[] =>
  choose.flatMap<Schema>(({ keys, least }) =>
    least === 1 ? [{ oneOf: each(keys) }] : pairs(keys).map(pair => ({ not: { required: pair } })),
  )

const each = (keys: readonly string[]): readonly Schema[] => keys.map(key => ({ required: [key] }))

const pairs = (keys: readonly string[]): readonly (readonly [string, string])[] =>
  keys.flatMap((first, i) => keys.slice(i + 1).map(second => [first, second] as const))
