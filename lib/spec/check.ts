/**
 * Grammar + YAML tree → a value of the grammar's type, with a place for every part and a mistake for every fault.
 * Knows what shapes are, not what a spec means.
 */

import type { Span, YamlEntry, YamlMap, YamlNode, YamlScalar } from '../io/yaml.ts'
import type {
  ChoiceGrammar,
  Flaw,
  Grammar,
  IntegerGrammar,
  ListGrammar,
  MapGrammar,
  NotationGrammar,
  ObjectGrammar,
  TextGrammar,
} from '../model/grammar.ts'
import type { DiagnosticDraft } from '../model/problem.ts'
import { below } from '../model/spec.ts'
import { didYouMean } from '../model/suggest.ts'
import type { Page } from './page.ts'
import { checkRules, inSentence } from './rules.ts'

/** A value in which whatever was wrong is missing; where nothing was, it is a `T`. */
export type Loose<T> = T extends readonly (infer I)[]
  ? readonly (Loose<I> | undefined)[]
  : T extends object
    ? { readonly [K in keyof T]?: Loose<T[K]> | undefined }
    : T

/** Where a value hangs in the tree: its pointer, its name in messages, and where to point when it is a collection. */
interface Spot {
  readonly pointer: string
  /** `"sources"`, `Item 2 of "sources"`, `The spec`. */
  readonly label: string
  readonly span: Span
}

/** `label` names the whole in messages. */
export function checkSpec<T>(
  grammar: Grammar<T>,
  root: YamlNode,
  page: Page,
  label = 'The spec',
): Loose<T> | undefined {
  const spot = { pointer: '', label, span: spanOf(root) }
  return new Check(page).value(grammar, root, spot) as Loose<T> | undefined
}

class Check {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  /** Undefined where the value is wrong; then at least one mistake was told. */
  value(grammar: Grammar, node: YamlNode, spot: Spot): unknown {
    if (spot.pointer !== '') this.#page.note(spot.pointer, spot.span)
    if (isSecret(grammar, node)) this.#page.hide(node)
    switch (grammar.form) {
      case 'text':
        return this.#text(grammar, node, spot)
      case 'integer':
        return this.#integer(grammar, node, spot)
      case 'boolean':
        if (node.form === 'scalar' && node.kind === 'boolean') return /^t/i.test(node.text)
        return this.#wrongType('true or false', node, spot)
      case 'choice':
        return this.#choice(grammar, node, spot)
      case 'notation':
        return this.#notation(grammar, node, spot)
      case 'list':
        return this.#list(grammar, node, spot)
      case 'map':
        return this.#map(grammar, node, spot)
      case 'object':
        return this.#object(grammar, node, spot)
    }
  }

  #text(grammar: TextGrammar, node: YamlNode, spot: Spot): string | undefined {
    if (!isWord(node)) return this.#wrongType('text', node, spot)
    const flaw = flawOf(grammar, node.text)
    if (flaw === undefined) return node.text
    return this.#flawed(flaw, node, spot)
  }

  #integer(grammar: IntegerGrammar, node: YamlNode, spot: Spot): number | undefined {
    const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = grammar
    if (node.form !== 'scalar' || node.kind !== 'number') return this.#wrongType('a whole number', node, spot)
    const value = /^\+?\d+$/.test(node.text) ? Number(node.text) : Number.NaN
    if (value >= minimum && value <= maximum) return value
    const expected = minimum === maximum ? String(minimum) : `a whole number, ${minimum} or more`
    return this.#badValue(expected, node, spot)
  }

  #choice({ choices }: ChoiceGrammar, node: YamlNode, spot: Spot): string | undefined {
    const expected = choices.length === 1 ? String(choices[0]) : `one of ${choices.join(', ')}`
    if (node.form !== 'scalar' || node.kind === 'nothing') return this.#wrongType(expected, node, spot)
    if (choices.includes(node.text)) return node.text
    return this.#badValue(expected, node, spot, didYouMean(node.text, choices))
  }

  #notation({ read, expected, number, hint }: NotationGrammar<unknown>, node: YamlNode, spot: Spot): unknown {
    if (!isWord(node)) return this.#wrongType(expected, node, spot)
    const value = node.kind === 'text' || number === true ? read(node.text) : undefined
    return value === undefined ? this.#badValue(expected, node, spot, hint?.(node.text)) : value
  }

  #list({ item, atLeast = 0, orSingle }: ListGrammar<unknown>, node: YamlNode, spot: Spot): unknown {
    const nothing = node.form === 'scalar' && node.kind === 'nothing'
    if (node.form !== 'list') {
      if (orSingle !== true || nothing) return this.#wrongType('a list', node, spot)
      const value = this.value(item, node, spot)
      return value === undefined ? undefined : [value]
    }
    if (node.items.length < atLeast) {
      const message = `${spot.label} is an empty list, but needs at least ${atLeast === 1 ? 'one item' : `${atLeast} items`}.`
      return this.#mistake({ code: 'bad-value', message }, spot.span)
    }
    return node.items.map((child, i) =>
      this.value(item, child, {
        pointer: below(spot.pointer, i),
        label: `Item ${i + 1} of ${inSentence(spot.label)}`,
        span: spanOf(child),
      }),
    )
  }

  #map({ key: keyGrammar, item }: MapGrammar<unknown>, node: YamlNode, spot: Spot): unknown {
    if (node.form !== 'map') return this.#wrongType('a map', node, spot)
    // Without a prototype: names are the user's, and `constructor` is a name.
    const values: Record<string, unknown> = Object.create(null)
    for (const entry of this.#withoutDuplicates(node, () => item)) {
      const flaw = flawOf(keyGrammar, entry.key)
      if (flaw) this.#mistake(keyMistake(entry.key, flaw), entry.keySpan)
      values[entry.key] = this.value(item, entry.value, spotOf(spot.pointer, entry))
    }
    return values
  }

  #object(grammar: ObjectGrammar, node: YamlNode, spot: Spot): unknown {
    const { fields, orNothing, shorthand } = grammar
    const nothing = node.form === 'scalar' && node.kind === 'nothing'
    if (nothing && orNothing === true) return {}
    if (node.form !== 'map') {
      const short = shorthand === undefined ? undefined : fields[shorthand]
      if (shorthand === undefined || !short || nothing) return this.#wrongType('a map', node, spot)
      const value = this.value(short.grammar, node, { ...spot, pointer: below(spot.pointer, shorthand) })
      return value === undefined ? undefined : { [shorthand]: value }
    }
    const fieldOf = (key: string) => (Object.hasOwn(fields, key) ? fields[key] : undefined)
    const holdsSecret = Object.values(fields).some(field => isSecret(field.grammar))
    const entries = this.#withoutDuplicates(node, key => fieldOf(key)?.grammar)
    const values: Record<string, unknown> = {}
    for (const entry of entries) {
      const field = fieldOf(entry.key)
      // A misspelt "token" holds a secret all the same.
      if (!field && holdsSecret) this.#page.hide(entry.value)
      if (field) values[entry.key] = this.value(field.grammar, entry.value, spotOf(spot.pointer, entry))
    }
    for (const { draft, span } of checkRules(grammar, entries, spot)) this.#mistake(draft, span)
    return values
  }

  #withoutDuplicates(node: YamlMap, grammarOf: (key: string) => Grammar | undefined): readonly YamlEntry[] {
    const first = new Map<string, YamlEntry>()
    for (const entry of node.entries) {
      const earlier = first.get(entry.key)
      if (earlier === undefined) first.set(entry.key, entry)
      else this.#duplicate(earlier, entry, grammarOf(entry.key))
    }
    return [...first.values()]
  }

  #duplicate(earlier: YamlEntry, later: YamlEntry, grammar: Grammar | undefined): void {
    for (const { value } of [earlier, later]) if (isSecret(grammar, value)) this.#page.hide(value)
    const written = (entry: YamlEntry) => ({
      text: this.#page.isHidden(entry.value) ? '***' : described(entry.value),
      from: this.#page.placeOf(entry.keySpan),
    })
    const draft: DiagnosticDraft = {
      code: 'duplicate-key',
      message: `"${later.key}" is written twice here; only one of the two could count.`,
      evidence: [
        { label: 'first', ...written(earlier) },
        { label: 'again', ...written(later) },
      ],
      next: 'remove one of the two.',
    }
    this.#mistake(draft, later.keySpan)
  }

  #wrongType(expected: string, node: YamlNode, spot: Spot): undefined {
    const message = `${spot.label} has the wrong type: expected ${expected}, found ${typeOf(node)}.`
    const evidence = wantedFound(expected, this.#page.isHidden(node) ? typeOf(node) : described(node))
    const next = wayToWrite(expected, node)
    this.#mistake({ code: 'wrong-type', message, evidence, ...(next !== undefined && { next }) }, spot.span)
  }

  #badValue(expected: string, node: YamlScalar, spot: Spot, next?: string): undefined {
    const message = `${spot.label} must be ${expected}.`
    const evidence = wantedFound(expected, described(node))
    this.#mistake({ code: 'bad-value', message, evidence, ...(next !== undefined && { next }) }, spot.span)
  }

  #flawed({ says, ...rest }: Flaw, node: YamlScalar, spot: Spot): undefined {
    const evidence = this.#page.isHidden(node) ? [] : [{ label: 'found', text: described(node) }]
    this.#mistake({ ...rest, message: `${spot.label} ${says}.`, evidence }, spot.span)
  }

  #mistake(draft: DiagnosticDraft, span: Span): undefined {
    this.#page.mistake(draft, span)
  }
}

/** A map of secrets is none; what stands where one belongs may be. */
function isSecret(grammar: Grammar | undefined, node?: YamlNode): boolean {
  if (grammar?.form === 'text') return grammar.secret === true
  return grammar?.form === 'map' && node !== undefined && node.form !== 'map' && isSecret(grammar.item)
}

/** How to write what was probably meant. */
function wayToWrite(expected: string, node: YamlNode): string | undefined {
  if (node.form !== 'scalar') return undefined
  if (node.kind === 'nothing') return 'write something behind the colon, or remove the key.'
  if (expected === 'a list') return 'write it as a list: each item on a line of its own, behind "- ".'
  if (expected === 'text' && node.kind === 'boolean') return `put the word in quotes: "${node.text}".`
  if (expected !== 'true or false') return undefined
  const answer = /^(?:(yes|y|on|1)|(?:no|n|off|0))$/i.exec(node.text)
  return answer ? `write ${answer[1] === undefined ? 'false' : 'true'}.` : undefined
}

const isWord = (node: YamlNode): node is YamlScalar =>
  node.form === 'scalar' && (node.kind === 'text' || node.kind === 'number')

/** Where to point for a value: a scalar itself, else the key that it stands behind, else its first key. */
function spanOf(node: YamlNode, keySpan?: Span): Span {
  if (node.form === 'scalar' && node.kind !== 'nothing') return node
  if (keySpan) return keySpan
  return node.form === 'map' ? (node.entries[0]?.keySpan ?? node) : node
}

const spotOf = (pointer: string, { key, keySpan, value }: YamlEntry): Spot => ({
  pointer: below(pointer, key),
  label: `"${key}"`,
  span: spanOf(value, keySpan),
})

function flawOf({ check, lines }: TextGrammar, text: string): Flaw | undefined {
  const found = /[\p{Cc}\p{Cs}]/u.exec(lines === true ? text.replace(/[\t\r\n]/g, '') : text)
  if (found) return { code: 'bad-value', says: `has the control character ${codePoint(found[0])} in it` }
  const flaw = check?.(text)
  return typeof flaw === 'string' ? { code: 'bad-value', says: flaw } : flaw
}

const codePoint = (text: string): string =>
  `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

const keyMistake = (key: string, { says, ...rest }: Flaw): DiagnosticDraft => ({
  ...rest,
  message: `"${key}" ${says}.`,
})

const wantedFound = (wanted: string, found: string) => [
  { label: 'wanted', text: wanted },
  { label: 'found', text: found },
]

function typeOf(node: YamlNode): string {
  if (node.form !== 'scalar') return node.form === 'list' ? 'a list' : 'a map'
  switch (node.kind) {
    case 'text':
      return 'text'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    case 'nothing':
      return 'nothing'
  }
}

function described(node: YamlNode): string {
  if (node.form === 'list') return `a list of ${node.items.length}`
  if (node.form === 'map')
    return node.entries.length === 0 ? 'an empty map' : `a map with "${node.entries[0]?.key}"`
  if (node.kind === 'nothing') return 'nothing'
  const text = node.text.length > 80 ? `${node.text.slice(0, 79)}…` : node.text
  return node.kind === 'text' ? `"${text}"` : text
}
