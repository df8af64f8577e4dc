/**
 * The door to YAML: text → a plain tree with offsets, aliases and merge keys resolved; and values → text.
 * Knows no spec, no lines and no types beyond what a scalar looks like.
 */

import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  Parser,
  Scalar,
  stringify,
} from 'yaml'

/** Offsets into the text, in UTF-16 units; `end` is behind the last one. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type YamlNode = YamlScalar | YamlList | YamlMap

export interface YamlScalar extends Span {
  readonly form: 'scalar'
  /** What it looks like under the core schema of YAML 1.2. */
  readonly kind: 'text' | 'number' | 'boolean' | 'nothing'
  /** As written, unescaped: digits keep their zeros. */
  readonly text: string
}

interface YamlList extends Span {
  readonly form: 'list'
  readonly items: readonly YamlNode[]
}

export interface YamlMap extends Span {
  readonly form: 'map'
  /** In the order of the text; a key that is written twice stands here twice. Merged keys (`<<`) come last. */
  readonly entries: readonly YamlEntry[]
}

export interface YamlEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: YamlNode
}

/** A place where the text is not YAML, or is YAML that nobody should have to read. */
export interface YamlFault extends Span {
  /** A sentence. */
  readonly message: string
  readonly next?: string
}

/** `root` is good for nothing where there are faults. */
export interface YamlReading {
  readonly root: YamlNode
  readonly faults: readonly YamlFault[]
}

/** Deeper nesting than any spec has; the library recurses, and V8 ends the process when a stack is full in a regex. */
const deepest = 100

/** How many values aliases may stand for in all, so that ten lines cannot mean a billion. */
const mostBorrowed = 100_000

export function readYaml(text: string): YamlReading {
  const tree = new Tree()
  const document = compose(text, tree.faults)
  const root = tree.node(document.contents, { start: 0, end: 0 })
  for (const { code, message, pos } of [...document.errors, ...document.warnings])
    tree.faults.push({ ...tree.spanOfFault(pos), ...inPlainWords(code, message) })
  return { root, faults: tree.faults }
}

/** Maps and scalars as YAML: one key a line, no line broken, the same text for the same value. Ends with a line feed. */
export const writeYaml = (value: unknown): string => stringify(value, { lineWidth: 0 })

function compose(text: string, faults: YamlFault[]): Document.Parsed {
  // The failsafe schema leaves every scalar as text: a digest of digits must not become a number.
  const composer = new Composer({
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  // The composer always gives a document, be it an empty one.
  const [first, second] = [...composer.compose(tokens(text, faults), true, text.length)] as [
    Document.Parsed,
    Document.Parsed?,
  ]
  if (second) {
    const start = second.range[0]
    const message = 'A second YAML document begins here, but a spec is one document.'
    faults.push({
      start,
      end: start + 1,
      message,
      next: 'remove the line "---", or name the other file with --spec.',
    })
  }
  return first
}

/** The text as tokens, cut off where it nests too deep. */
function* tokens(text: string, faults: YamlFault[]): Generator<CST.Token> {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    if (parser.stack.length <= 2 * deepest) continue
    const message = `Lists and maps are nested more than ${deepest} deep here.`
    faults.push({ start: parser.offset - lexeme.length, end: parser.offset, message })
    return
  }
  yield* parser.end()
}

/** Turns the library's nodes into ours. Aliases become the very node that they name, so that a tree is a graph at most. */
class Tree {
  readonly faults: YamlFault[] = []
  readonly #anchors = new Map<string, YamlNode | 'open'>()
  /** How many values a node stands for, aliases written out. */
  readonly #weights = new Map<YamlNode, number>()
  /** Where each quoted scalar begins, by its end. */
  readonly #quotes = new Map<number, number>()
  #borrowed = 0

  node(node: Node | null | undefined, around: Span): YamlNode {
    if (isAlias(node)) return this.#borrow(node.source, spanOf(node, around))
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined
    if (anchor !== undefined) this.#anchors.set(anchor, 'open')
    const own = this.#own(node, around)
    if (anchor !== undefined) this.#anchors.set(anchor, own)
    this.#weights.set(own, this.#weigh(own))
    return own
  }

  /** A quote that is never closed is at fault where it opens, not at the end of the file where the library noticed. */
  spanOfFault([start, end]: readonly [number, number]): Span {
    const quote = this.#quotes.get(start)
    return quote === undefined ? { start, end } : { start: quote, end: quote + 1 }
  }

  #own(node: Node | null | undefined, around: Span): YamlNode {
    const span = spanOf(node, around)
    if (isMap(node))
      return { form: 'map', entries: this.#entries(node.items as Pair<Node, Node | null>[], span), ...span }
    if (isSeq(node))
      return { form: 'list', items: node.items.map(item => this.node(item as Node, span)), ...span }
    if (isScalar(node) && (node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE))
      this.#quotes.set(span.end, span.start)
    return scalar(isScalar(node) ? node : undefined, span)
  }

  #entries(pairs: readonly Pair<Node, Node | null>[], around: Span): readonly YamlEntry[] {
    const own: YamlEntry[] = []
    const merged: YamlEntry[] = []
    for (const { key, value } of pairs) {
      const keySpan = spanOf(key, around)
      const read = this.node(value, { start: keySpan.end, end: keySpan.end })
      const name = this.#key(key, keySpan)
      if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN)
        merged.push(...this.#merged(read, keySpan))
      else if (name !== undefined) own.push({ key: name, keySpan, value: read })
    }
    const keys = new Set(own.map(entry => entry.key))
    // The first to bring a key wins: keys of the map itself, then merged maps in their order.
    const added = merged.filter(({ key }) => !keys.has(key) && keys.add(key))
    return [...own, ...added]
  }

  #key(key: Node, keySpan: Span): string | undefined {
    const read = this.node(key, keySpan)
    if (read.form === 'scalar') return read.text
    this.faults.push({ ...keySpan, message: 'A key must be text, but this one is a list or a map.' })
    return undefined
  }

  #merged(value: YamlNode, keySpan: Span): readonly YamlEntry[] {
    const maps = value.form === 'list' ? value.items : [value]
    return maps.flatMap(map => {
      if (map.form === 'map') return map.entries
      this.faults.push({
        ...keySpan,
        message: 'The key "<<" takes a map, or a list of maps, to be merged in here.',
      })
      return []
    })
  }

  #borrow(name: string, span: Span): YamlNode {
    const found = this.#anchors.get(name)
    const fault = (message: string): YamlNode => {
      this.faults.push({ ...span, message })
      return scalar(undefined, span)
    }
    if (found === undefined) return fault(`The alias *${name} names nothing: no &${name} stands before it.`)
    if (found === 'open') return fault(`The alias *${name} stands inside of what it names.`)
    const before = this.#borrowed
    this.#borrowed += this.#weights.get(found) ?? 1
    if (this.#borrowed <= mostBorrowed) return found
    if (before > mostBorrowed) return scalar(undefined, span)
    return fault(`With the alias *${name}, aliases stand for more than 100,000 values.`)
  }

  #weigh(node: YamlNode): number {
    const children =
      node.form === 'list' ? node.items : node.form === 'map' ? node.entries.map(({ value }) => value) : []
    return children.reduce((sum, child) => sum + (this.#weights.get(child) ?? 1), 1)
  }
}

const spanOf = (node: Node | null | undefined, around: Span): Span =>
  node?.range ? { start: node.range[0], end: node.range[1] } : around

function scalar(node: Scalar | undefined, span: Span): YamlScalar {
  // The failsafe schema makes no value but text.
  const text = typeof node?.value === 'string' ? node.value : ''
  const plain = node === undefined || (node.type === Scalar.PLAIN && node.tag === undefined)
  return { form: 'scalar', kind: plain ? kindOf(text) : 'text', text, ...span }
}

function kindOf(plain: string): YamlScalar['kind'] {
  if (/^(?:|~|null|Null|NULL)$/.test(plain)) return 'nothing'
  if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(plain)) return 'boolean'
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain)) return 'number'
  return /^(?:0o[0-7]+|0x[\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(plain)
    ? 'number'
    : 'text'
}

/** The library's sentence, and what usually is behind it. */
function inPlainWords(code: string, message: string): Pick<YamlFault, 'message' | 'next'> {
  switch (code) {
    case 'TAB_AS_INDENT':
      return {
        message: 'A tab indents this line, and YAML takes only spaces.',
        next: 'replace the tab by spaces.',
      }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        message: 'A second "key: value" begins inside of this value.',
        next: 'put the value in quotes if the colon belongs to it, or begin a new line.',
      }
    case 'MULTILINE_IMPLICIT_KEY':
    case 'MISSING_CHAR':
      if (/quote/.test(message)) return { message: 'A quote opens here and is never closed.' }
      return {
        message: 'This line has no colon behind its key.',
        next: 'write "key: value", with a space behind the colon.',
      }
    case 'BAD_SCALAR_START':
      return { message: `${message}.`, next: 'put the value in quotes.' }
    case 'BAD_DQ_ESCAPE':
      return {
        message: `${message}.`,
        next: "put the value in single quotes ('), where a backslash is just a backslash.",
      }
    case 'TAG_RESOLVE_FAILED':
      return { message: `${message}.`, next: 'remove the tag (the word with "!"): a spec has none.' }
    default:
      return { message: `${message}.` }
  }
}
