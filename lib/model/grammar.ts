/**
 * The definition of a YAML shape as data: one definition that is checked against a file (lib/spec/check.ts), printed as
 * JSON Schema (lib/spec/schema.ts), and inferred as a type. Knows no YAML and no file.
 */

import type { Code } from './codes.ts'

interface About {
  /** One sentence for editors and for the schema. */
  readonly about?: string
  readonly examples?: readonly string[]
}

/** What is wrong with a value, where half a sentence alone is not enough. */
export interface Flaw {
  readonly code: Code
  /** Half a sentence behind the value's name: `is not …`. */
  readonly says: string
  readonly next?: string
}

/**
 * A value written as text; a bare YAML number is taken as it was written. `check` says in half a sentence what is wrong
 * ("is not …"), or undefined. Control characters are refused before `check` sees the text.
 */
export interface TextGrammar extends About {
  readonly form: 'text'
  /** For editors; `check` decides. */
  readonly pattern?: string
  readonly check?: (text: string) => string | Flaw | undefined
  /** May have several lines. */
  readonly lines?: boolean
  /** Shown in no message. */
  readonly secret?: boolean
}

/** A whole number, read from its source text (a digest of digits only is not a number). */
export interface IntegerGrammar extends About {
  readonly form: 'integer'
  readonly minimum?: number
  readonly maximum?: number
}

interface BooleanGrammar extends About {
  readonly form: 'boolean'
}

export interface ChoiceGrammar<C extends string = string> extends About {
  readonly form: 'choice'
  readonly choices: readonly C[]
}

/** A scalar with a notation of its own (`19.3GB`, `1%`): taken from its source text and turned into a value. */
export interface NotationGrammar<T> extends About {
  readonly form: 'notation'
  /** What is expected, for messages: `a size such as 19336861798 or 19.3GB`. */
  readonly expected: string
  readonly pattern: string
  /** May also be written as a bare YAML number. */
  readonly number?: boolean
  /** The value, or undefined where the text is not of this notation. */
  readonly read: (text: string) => T | undefined
  /** The next step for a text that could not be read, where it tells what was meant. */
  readonly hint?: (text: string) => string | undefined
}

export interface ListGrammar<T> extends About {
  readonly form: 'list'
  readonly item: Grammar<T>
  readonly atLeast?: number
  /** A single item may be written without brackets. */
  readonly orSingle?: boolean
}

export interface MapGrammar<T> extends About {
  readonly form: 'map'
  /** What a key is, for messages: `a directory below the root`. */
  readonly key: TextGrammar
  readonly item: Grammar<T>
}

export interface ObjectGrammar<F extends Fields = Fields> extends About {
  readonly form: 'object'
  readonly fields: F
  /** `key:` with nothing after it means the object without any key. */
  readonly orNothing?: boolean
  /** A value that is no object stands for the object with this key alone. */
  readonly shorthand?: string
  /** Keys of which no two may be written together, and of which `least` must be. */
  readonly choose?: readonly { readonly keys: readonly string[]; readonly least: 0 | 1 }[]
  /** Keys that are not enough without one of others, and what they leave open: `what becomes of the file`. */
  readonly needs?: Readonly<Record<string, { readonly one: readonly string[]; readonly for: string }>>
  /** Keys that mean something only beside one of others. */
  readonly beside?: Readonly<Record<string, readonly string[]>>
}

export interface Field<T = unknown, Required extends boolean = boolean> {
  readonly grammar: Grammar<T>
  readonly required: Required
}

export type Fields = Readonly<Record<string, Field>>

/** Not for the type only: a value is checked against exactly the grammar that its form tells. */
export type Grammar<T = unknown> = (
  | TextGrammar
  | IntegerGrammar
  | BooleanGrammar
  | ChoiceGrammar
  | NotationGrammar<T>
  | ListGrammar<unknown>
  | MapGrammar<unknown>
  | ObjectGrammar
) & { readonly type?: () => T }

/** The type of the values that a grammar accepts. */
export type ValueOf<G> = G extends Grammar<infer T> ? T : never

type Values<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Field<unknown, true> ? K : never]: F[K] extends Field<infer T>
    ? T
    : never
} & {
  readonly [K in keyof F as F[K] extends Field<unknown, true> ? never : K]?: F[K] extends Field<infer T>
    ? T
    : never
}

export const text = (rest: Omit<TextGrammar, 'form'> = {}): Grammar<string> => ({ form: 'text', ...rest })
export const integer = (rest: Omit<IntegerGrammar, 'form'> = {}): Grammar<number> => ({
  form: 'integer',
  ...rest,
})
export const boolean = (rest: About = {}): Grammar<boolean> => ({ form: 'boolean', ...rest })

export const choice = <const C extends string>(choices: readonly C[], rest: About = {}): Grammar<C> => ({
  form: 'choice',
  choices,
  ...rest,
})

export const notation = <T>(rest: Omit<NotationGrammar<T>, 'form'>): Grammar<T> => ({
  form: 'notation',
  ...rest,
})

export const list = <T>(
  item: Grammar<T>,
  rest: Omit<ListGrammar<T>, 'form' | 'item'> = {},
): Grammar<readonly T[]> => ({ form: 'list', item, ...rest })

export const map = <T>(
  key: Grammar<string>,
  item: Grammar<T>,
  rest: About = {},
): Grammar<Readonly<Record<string, T>>> =>
  ({ form: 'map', key, item, ...rest }) as Grammar<Readonly<Record<string, T>>>

export const object = <F extends Fields>(
  fields: F,
  rest: Omit<ObjectGrammar, 'form' | 'fields'> = {},
): Grammar<Values<F>> => ({ form: 'object', fields, ...rest })

export const required = <T>(grammar: Grammar<T>): Field<T, true> => ({ grammar, required: true })
export const optional = <T>(grammar: Grammar<T>): Field<T, false> => ({ grammar, required: false })
