/** Which keys an object may have, must have, and may have together. Knows nothing of their values. */

import type { Span, YamlEntry } from '../io/yaml.ts'
import type { ObjectGrammar } from '../model/grammar.ts'
import type { DiagnosticDraft } from '../model/problem.ts'
import { suggest } from '../model/suggest.ts'

interface Owner {
  readonly label: string
  readonly span: Span
}

interface Finding {
  readonly draft: DiagnosticDraft
  readonly span: Span
}

export function checkRules(
  grammar: ObjectGrammar,
  entries: readonly YamlEntry[],
  owner: Owner,
): readonly Finding[] {
  const written = new Map(entries.map(entry => [entry.key, entry]))
  const unknown = entries.filter(({ key }) => !Object.hasOwn(grammar.fields, key))
  const meant = new Map(unknown.map(({ key }) => [key, suggest(key, unwritten(grammar, written))]))
  const intended = new Set([...written.keys(), ...meant.values()])
  return [
    ...unknown.map(({ key, keySpan }) => unknownKey(grammar, key, keySpan, meant.get(key), owner)),
    ...missing(grammar, intended, owner),
    ...unfinished(grammar, written, intended),
    ...together(grammar, written),
    ...alone(grammar, written, intended),
  ]
}

const unwritten = (grammar: ObjectGrammar, written: ReadonlyMap<string, unknown>): readonly string[] =>
  Object.keys(grammar.fields).filter(key => !written.has(key))

function unknownKey(
  grammar: ObjectGrammar,
  key: string,
  span: Span,
  meant: string | undefined,
  { label }: Owner,
): Finding {
  const draft: DiagnosticDraft = {
    code: 'unknown-key',
    message: `"${key}" is not a key of ${inSentence(label)}.`,
    evidence: [{ label: 'allowed', text: Object.keys(grammar.fields).join(', ') }],
    next:
      meant === undefined
        ? 'remove it, or write one of the keys that are allowed here.'
        : `did you mean "${meant}"?`,
  }
  return { draft, span }
}

/** A key that is only misspelt is not missing as well. */
function missing(grammar: ObjectGrammar, intended: ReadonlySet<unknown>, owner: Owner): readonly Finding[] {
  const single = Object.entries(grammar.fields)
    .filter(([key, { required }]) => required && !intended.has(key))
    .map(([key]) => missingKey(owner, `"${key}" is missing in ${inSentence(owner.label)}.`, `add "${key}:".`))
  const choices = (grammar.choose ?? [])
    .filter(({ keys, least }) => least === 1 && !keys.some(key => intended.has(key)))
    .map(({ keys }) =>
      missingKey(
        owner,
        `${owner.label} has none of ${quoted(keys, 'and')}, of which it needs one.`,
        `add one of ${quoted(keys, 'or')}.`,
      ),
    )
  return [...single, ...choices]
}

function unfinished(
  { needs = {} }: ObjectGrammar,
  written: ReadonlyMap<string, YamlEntry>,
  intended: ReadonlySet<unknown>,
): readonly Finding[] {
  return Object.entries(needs).flatMap(([key, { one, for: open }]) => {
    const entry = written.get(key)
    if (!entry || one.some(partner => intended.has(partner))) return []
    const message = `"${key}" alone does not say ${open}.`
    return [missingKey({ label: '', span: entry.keySpan }, message, `add one of ${quoted(one, 'or')}.`)]
  })
}

const missingKey = ({ span }: Owner, message: string, next: string): Finding => ({
  draft: { code: 'missing-key', message, next },
  span,
})

function together(grammar: ObjectGrammar, written: ReadonlyMap<string, YamlEntry>): readonly Finding[] {
  return (grammar.choose ?? []).flatMap(({ keys }) => {
    const [first, ...more] = [...written.values()].filter(({ key }) => keys.includes(key))
    return more.map(({ key, keySpan }) => {
      const message = `"${first?.key}" and "${key}" exclude each other.`
      const next = 'keep one of the two, or write them as two items.'
      return { draft: { code: 'bad-value' as const, message, next }, span: keySpan }
    })
  })
}

function alone(
  grammar: ObjectGrammar,
  written: ReadonlyMap<string, YamlEntry>,
  intended: ReadonlySet<unknown>,
): readonly Finding[] {
  // Where no partner is there because nothing of a whole choice is, the missing choice is the mistake.
  const undecided = (grammar.choose ?? [])
    .filter(({ keys, least }) => least === 1 && !keys.some(key => intended.has(key)))
    .flatMap(({ keys }) => keys)
  return Object.entries(grammar.beside ?? {}).flatMap(([key, partners]) => {
    const entry = written.get(key)
    if (!entry || partners.some(partner => intended.has(partner) || undecided.includes(partner))) return []
    const message = `"${key}" means something only beside ${quoted(partners, 'or')}.`
    const next = `remove it, or add ${quoted(partners, 'or')}.`
    return [{ draft: { code: 'bad-value' as const, message, next }, span: entry.keySpan }]
  })
}

/** `Item 2 of "sources"` → `item 2 of "sources"`; names stay as they are. */
export const inSentence = (label: string): string =>
  label.startsWith('"') ? label : label.charAt(0).toLowerCase() + label.slice(1)

function quoted(keys: readonly string[], word: 'and' | 'or'): string {
  const names = keys.map(key => `"${key}"`)
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`
}
