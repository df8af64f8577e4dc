/**
 * The text of the spec file: where a value stands on it, and the mistakes found so far.
 * Knows neither YAML nor what a spec means.
 */

import type { Span } from '../io/yaml.ts'
import { type Diagnostic, type DiagnosticDraft, type Place, Problem } from '../model/problem.ts'
import { placeOf, type Spec } from '../model/spec.ts'

export class Page {
  readonly file: string
  /** Filled as values are read. Without a prototype: `__proto__` is a pointer like any other. */
  readonly places: Record<string, Spec['places'][string]> = Object.create(null)
  readonly #text: string
  readonly #lineStarts: readonly number[]
  readonly #mistakes: Diagnostic[] = []
  readonly #seen = new Set<string>()
  readonly #secrets: Span[] = []

  constructor(file: string, text: string) {
    this.file = file
    this.#text = text
    this.#lineStarts = lineStarts(text)
  }

  note(pointer: string, span: Span): void {
    const { line, column, length } = this.placeOf(span)
    this.places[pointer] = [line, column, length]
  }

  /** What stands there is drawn as stars. */
  hide({ start, end }: Span): void {
    this.#secrets.push({ start, end })
  }

  isHidden({ start, end }: Span): boolean {
    return this.#secrets.some(secret => secret.start === start && secret.end === end)
  }

  /** The place of a span, cut off at the end of its first line. */
  placeOf({ start, end }: Span): Place {
    const line = this.#lineAt(start)
    const lineStart = this.#lineStarts[line] ?? 0
    const lineEnd = lineStart + this.#line(line).length
    const length = Math.max(1, Math.min(end, lineEnd) - start)
    return { file: this.file, line: line + 1, column: start - lineStart + 1, length }
  }

  mistake(draft: DiagnosticDraft, at: Span): void {
    this.#tell(draft, this.placeOf(at))
  }

  mistakeAt(draft: DiagnosticDraft, pointer: string): void {
    this.#tell(draft, placeOf(this, pointer))
  }

  #tell(draft: DiagnosticDraft, place: Place): void {
    // A value that aliases repeat is one mistake.
    const identity = `${place.line}:${place.column} ${draft.code} ${draft.message}`
    if (this.#seen.has(identity)) return
    this.#seen.add(identity)
    this.#mistakes.push({ severity: 'error', ...draft, place })
  }

  /** Throws everything that was found, in the order of the file. */
  throwMistakes(): void {
    const sorted = this.#mistakes.toSorted((a, b) => position(a.place) - position(b.place))
    // Only now is known all that is not to be shown.
    const [first, ...rest] = sorted.map(mistake => ({
      ...mistake,
      excerpt: this.#excerpt((mistake.place?.line ?? 1) - 1),
    }))
    if (first) throw new Problem(first, ...rest)
  }

  /** A line without its secrets: those that were told, and what looks like one where the file could not be read at all. */
  #excerpt(index: number): string {
    const start = this.#lineStarts[index] ?? 0
    let line = this.#line(index)
    for (const secret of this.#secrets) {
      const from = Math.max(0, secret.start - start)
      const to = Math.min(line.length, secret.end - start)
      if (from < to) line = line.slice(0, from) + stars(line.slice(from, to)) + line.slice(to)
    }
    return line.replace(likeSecret, (_, key: string, value: string) => key + stars(value))
  }

  #line(index: number): string {
    const start = this.#lineStarts[index] ?? 0
    return this.#text.slice(start, this.#lineStarts[index + 1] ?? this.#text.length).replace(/\r?\n$/, '')
  }

  /** Index of the last line that starts at or before the offset. */
  #lineAt(offset: number): number {
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
}

const likeSecret =
  /((?:token|authorization|cookie|secret|password|api-?key)["']?[ \t]*:[ \t]*["']?)([^\s"',}#$][^"',}#]*)/gi

/** As many as it has letters, so that the underline stays below what it means. */
const stars = (text: string): string => text.replaceAll(/\S/g, '*')

const position = (place: Place | undefined): number => (place ? place.line * 2 ** 24 + place.column : 0)

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
