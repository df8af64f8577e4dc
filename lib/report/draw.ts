/**
 * Diagnostic → text for people, in the five parts of the house: code and place, plain line, evidence, disk, next step.
 * Knows no terminal: whether to colour and how wide to draw is told.
 */

import type { Diagnostic, Evidence, Place } from '../model/problem.ts'
import { redact } from '../model/redact.ts'
import { columns, escaped, padded, wrapped } from './text.ts'

export interface DrawOptions {
  readonly color?: boolean
  /** Columns. */
  readonly width?: number
}

export function drawDiagnostic(
  diagnostic: Diagnostic,
  { color = false, width = 100 }: DrawOptions = {},
): string {
  const { severity, place, excerpt, evidence = [], disk, next } = diagnostic
  const paint = color ? painted[severity] : plain
  return [
    ...header(diagnostic, paint, width),
    ...wrapped(shown(diagnostic.message), '  ', width),
    ...(place && excerpt !== undefined ? drawExcerpt(excerpt, place, paint, width) : []),
    ...drawEvidence(evidence, width),
    ...(disk === undefined ? [] : wrapped(shown(disk), '  ', width)),
    ...(next === undefined ? [] : wrapped(`Next: ${shown(next)}`, '  ', width)),
  ].join('\n')
}

type Paint = (text: string) => string

const plain: Paint = text => text
const inColor =
  (code: number): Paint =>
  text =>
    `\x1b[1;${code}m${text}\x1b[22;39m`
const painted = { error: inColor(31), warning: inColor(33), note: inColor(36) }

/** `error[digest-mismatch] gqa/images: download`, or the place where there is no subject. */
function header(
  { severity, code, subject, place }: Diagnostic,
  paint: Paint,
  width: number,
): readonly string[] {
  const at = place && placeText(place)
  const about = subject === undefined ? at : at === undefined ? subject : `${subject} (${at})`
  const title = `${severity}[${code}]`
  const [first = '', ...rest] = wrapped(`${title} ${shown(about ?? '')}`.trimEnd(), '', width, '  ')
  return [first.replace(title, () => paint(title)), ...rest]
}

const placeText = ({ file, line, column }: Place): string => `${file}:${line}:${column}`

function drawExcerpt(excerpt: string, place: Place, paint: Paint, width: number): readonly string[] {
  const number = String(place.line)
  const room = width - number.length - 8
  // As many stars as a secret has letters, so that the underline stays below what it means.
  const safe = redact(excerpt, secret => '*'.repeat(secret.length))
  const start = place.column - 1
  const characters = Array.from(safe)
  const first = Array.from(safe.slice(0, start)).length
  const count = Array.from(safe.slice(start, start + place.length)).length
  const { from, to } = frame(characters, first, room)
  const drawn = (begin: number, end: number): string => escaped(characters.slice(begin, end).join(''))
  const before = (from > 0 ? '…' : '') + drawn(from, first)
  const under = '~'.repeat(Math.max(1, columns(drawn(first, Math.min(to, first + count)))))
  const line = `${from > 0 ? '…' : ''}${drawn(from, to)}${to < characters.length ? '…' : ''}`
  return [
    `    ${number} | ${line}`.trimEnd(),
    `    ${' '.repeat(number.length)} | ${' '.repeat(columns(before))}${paint(under)}`,
  ]
}

/** The stretch of a line that fits around a character: what stands before it is context, what it begins matters more. */
function frame(
  characters: readonly string[],
  first: number,
  room: number,
): { readonly from: number; readonly to: number } {
  const widths = characters.map(character => columns(escaped(character)))
  const sum = (start: number, end: number): number =>
    widths.slice(start, end).reduce((total, w) => total + w, 0)
  let from = 0
  if (sum(0, characters.length) <= room) return { from, to: characters.length }
  for (let before = sum(0, first); before > room / 3; from += 1) before -= widths[from] ?? 0
  let to = from
  for (let used = 0; to < characters.length && used + (widths[to] ?? 0) <= room - 2; to += 1)
    used += widths[to] ?? 0
  return { from, to }
}

function drawEvidence(evidence: readonly Evidence[], width: number): readonly string[] {
  const rows = evidence.map(({ label, text, from }) => ({
    label: shown(label),
    text: shown(text),
    from: from === undefined ? '' : shown(typeof from === 'string' ? from : placeText(from)),
  }))
  const labelWidth = widest(rows.map(({ label }) => label))
  const textWidth = widest(rows.filter(({ from }) => from !== '').map(({ text }) => text))
  return rows.flatMap(({ label, text, from }) => {
    const start = `    ${padded(label, labelWidth)}  `
    const oneLine = from === '' ? start + text : `${start}${padded(text, textWidth)}   ${from}`
    if (columns(oneLine) <= width) return [oneLine]
    const hanging = ' '.repeat(Math.min(columns(start), Math.floor(width / 2)))
    return [...wrapped(text, start, width, hanging), ...(from === '' ? [] : wrapped(from, hanging, width))]
  })
}

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(columns))

const shown = (text: string): string => escaped(redact(text))
