/** What was measured, as a table: a line a contestant. Pure. */

import type { Footprint } from './rounds.ts'

export interface Column {
  readonly title: string
  readonly width: number
  readonly cell: (row: Footprint) => string
}

/** Wall seconds, their range, and processor seconds. */
export const timeColumns: readonly Column[] = [
  { title: 'wall s', width: 9, cell: ({ median }) => median.toFixed(2) },
  { title: '', width: 15, cell: ({ least, most }) => `${least.toFixed(2)}–${most.toFixed(2)}` },
  { title: 'CPU s', width: 9, cell: ({ cpuSeconds }) => cpuSeconds.toFixed(2) },
]

export const memoryColumn = (of: 'peakBytes' | 'togetherBytes'): Column => ({
  title: 'RSS MB',
  width: 9,
  cell: row => String(Math.round(row[of] / 1e6)),
})

/** How many times as long as `seconds`, where there are any. */
export const ratioColumn = (title: string, seconds: number): Column => ({
  title,
  width: 12,
  cell: ({ median }) => (Number.isFinite(seconds) ? `${(median / seconds).toFixed(2)}x` : '–'),
})

/** Infinity where none of them was measured. */
export const fastest = (measured: readonly Footprint[], names: readonly string[]): number =>
  Math.min(...measured.filter(({ name }) => names.includes(name)).map(({ median }) => median))

export function figures(measured: readonly Footprint[], columns: readonly Column[]): string {
  const widest = Math.max(...measured.map(({ name }) => name.length))
  const row = (name: string, cellOf: (column: Column) => string): string =>
    `  ${name.padEnd(widest)}${columns.map(column => cellOf(column).padStart(column.width)).join('')}`
  return [
    row('', ({ title }) => title),
    ...measured.map(footprint => row(footprint.name, ({ cell }) => cell(footprint))),
  ].join('\n')
}
