/** The words between the scanner and who sets it to work: where it begins, what it waits for, what it tells. Types only. */

/** What the scanner waits for, or is in the middle of. */
export type State =
  | 'value'
  | 'value or ]'
  | 'key'
  | 'key or }'
  | 'colon'
  | 'comma'
  | 'end'
  | 'string'
  | 'number'
  | 'literal'

export type JsonType = 'array' | 'object' | 'string' | 'number' | 'boolean' | 'null'

/** Hears of the structure while it is read. `depth` is the number of brackets around. */
export interface Listener {
  /** A value begins inside `depth` brackets. */
  value(type: JsonType, depth: number): void
  /** The bracket of `depth` (the outermost is 1) closes. */
  close(depth: number): void
  /** Whether the text of the string that begins is wanted. */
  wants(role: 'key' | 'value', depth: number): boolean
  /** The text of a wanted string. */
  text(role: 'key' | 'value', text: string): void
}

/** Where in a text it begins. */
export interface Start {
  readonly state: State
  /** What the value lies in; of `lines`, records each on a line of their own. Undefined: in nothing, it is all there is. */
  readonly inside: 'array' | 'object' | 'lines' | undefined
  readonly offset: number
  /** From 1. */
  readonly line: number
  /** Offset of the first byte of the line. */
  readonly lineStart: number
  /** Bytes more than UTF-16 units from there on. */
  readonly surplus: number
  /** A few bytes before the first. */
  readonly before: Buffer
}
