/** What is in the data, as a page for people: images, duplicates, failures. Pure; knows no terminal but its width. */

import type { Duplicates } from '../model/duplicates.ts'
import { more } from '../model/few.ts'
import type { ImageSize } from '../model/image.ts'
import type { FailureStats, ImageStats } from '../model/stats.ts'
import { formatBytes, formatCount, plural } from '../model/units.ts'
import { columns, escaped, padded, wrapped } from './text.ts'

export interface Stats {
  readonly images: readonly ImageStats[]
  readonly duplicates: Duplicates
  readonly failures: readonly FailureStats[]
  /** Targets of which nothing is recorded. */
  readonly notBuilt: readonly string[]
}

/** Ends with a line feed. `width`: columns. */
export function statsPage(stats: Stats, width: number): string {
  const { images, duplicates, failures, notBuilt } = stats
  const sections = [
    images.length > 0 ? [imagesTitle(images), ...images.flatMap(one => imageRows(one, width))] : [],
    duplicates.files > 0 ? ['Duplicates', ...duplicateRows(duplicates, width)] : [],
    failures.length > 0
      ? ['Addresses that gave no file', ...failures.flatMap(one => failureRows(one, width))]
      : [],
    notBuilt.length > 0 ? wrapped(`Not built: ${notBuilt.map(escaped).join(', ')}.`, '', width, '  ') : [],
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

const most = 10

const imagesTitle = (images: readonly ImageStats[]): string =>
  images.some(({ looked, files }) => looked < files)
    ? 'Images (formats and sizes of a sample; --all looks at every file)'
    : 'Images'

function imageRows(
  { target, files, bytes, looked, formats, pixels }: ImageStats,
  width: number,
): readonly string[] {
  const kinds = formats.map(
    ({ format, count }) => `${names[format] ?? format.toUpperCase()} ${share(count, looked)}`,
  )
  const of = looked < files ? `${formatCount(looked)} of ` : ''
  const sizes = pixels && sizesOf(pixels)
  return [
    ...wrapped(
      `${escaped(target)}: ${of}${plural(files, 'image')}, ${formatBytes(bytes)}`,
      '  ',
      width,
      '    ',
    ),
    ...wrapped(kinds.join(', '), '    ', width),
    ...(sizes === undefined ? [] : wrapped(sizes, '    ', width)),
  ]
}

function sizesOf({ smallest, median, largest }: NonNullable<ImageStats['pixels']>): string {
  const [from, to] = [sizeOf(smallest), sizeOf(largest)]
  return from === to ? `all ${from}` : `${sizeOf(median)} (median), ${from} to ${to}`
}

const names: Readonly<Record<string, string>> = { none: 'no image', missing: 'not there', webp: 'WebP' }

const sizeOf = ({ width, height }: ImageSize): string => `${width}x${height}`

function duplicateRows(
  { files, groups, copies, bytes, largest, shared }: Duplicates,
  width: number,
): readonly string[] {
  if (groups === 0) return wrapped(`None among ${plural(files, 'file')}.`, '  ', width)
  const summary = `${plural(copies, 'copy', 'copies')} (${formatBytes(bytes)}) of ${plural(groups, 'content')} among ${plural(files, 'file')}`
  const pairs = shared
    .slice(0, most)
    .map(
      one =>
        [
          one.targets.map(escaped).join(' = ') + (one.targets.length === 1 ? ', in itself' : ''),
          formatCount(one.files),
          formatBytes(one.bytes),
        ] as const,
    )
  return [
    ...wrapped(summary, '  ', width),
    ...table(pairs, '    ', width),
    ...more(shared.length - pairs.length).map(text => `    ${text}`),
    '  Largest',
    ...largest.flatMap(({ count, bytes: each, paths }) =>
      wrapped(
        `${formatCount(count)} x ${formatBytes(each)}: ${[...paths.map(escaped), ...more(count - paths.length)].join(', ')}`,
        '    ',
        width,
        '      ',
      ),
    ),
  ]
}

function failureRows({ target, failures }: FailureStats, width: number): readonly string[] {
  const shown = failures.slice(0, most)
  return [
    ...wrapped(escaped(target), '  ', width),
    ...table(
      shown.map(({ cause, count }) => [cause, formatCount(count), ''] as const),
      '    ',
      width,
    ),
    ...more(failures.length - shown.length).map(text => `    ${text}`),
  ]
}

type Row = readonly [label: string, count: string, rest: string]

/** Counts stand below one another; a label that leaves them no room has a line to itself. */
function table(rows: readonly Row[], indent: string, width: number): readonly string[] {
  const counts = Math.max(0, ...rows.map(([, count]) => count.length))
  const rests = Math.max(0, ...rows.map(([, , rest]) => rest.length))
  const room = width - indent.length - counts - rests - 4
  const labels = Math.max(0, ...rows.map(([label]) => columns(label)).filter(length => length <= room))
  return rows.flatMap(([label, count, rest]) => {
    const numbers = `  ${count.padStart(counts)}  ${rest}`.trimEnd()
    if (columns(label) <= labels) return [`${indent}${padded(label, labels)}${numbers}`]
    return [...wrapped(label, indent, width, `${indent}  `), `${indent}${' '.repeat(labels)}${numbers}`]
  })
}

/** `6.1 %` */
const share = (part: number, whole: number): string =>
  whole === 0 ? '' : part === whole ? '100 %' : `${((100 * part) / whole).toFixed(1)} %`
