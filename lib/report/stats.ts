/** What is in the data, as a page for people: annotations, images, duplicates, failures. Pure; knows no terminal but its width. */

import type { Duplicates } from '../model/duplicates.ts'
import { more } from '../model/few.ts'
import type { ImageSize } from '../model/image.ts'
import type { AnnotationStats, FailureStats, ImageStats } from '../model/stats.ts'
import { formatBytes, formatCount, plural } from '../model/units.ts'
import { columns, escaped, padded, wrapped } from './text.ts'

export interface Stats {
  readonly annotations: readonly AnnotationStats[]
  readonly images: readonly ImageStats[]
  readonly duplicates: Duplicates
  readonly failures: readonly FailureStats[]
  /** Targets of which nothing is recorded, and annotations that are gone. */
  readonly notThere: readonly string[]
}

/** Ends with a line feed. `width`: columns. */
export function statsPage(stats: Stats, width: number): string {
  const { annotations, images, duplicates, failures, notThere } = stats
  const sections = [
    annotations.length > 0 ? ['Annotations', ...annotations.flatMap(one => annotationRows(one, width))] : [],
    images.length > 0 ? [imagesTitle(images), ...images.flatMap(one => imageRows(one, width))] : [],
    duplicates.files > 0 ? ['Duplicates', ...duplicateRows(duplicates, width)] : [],
    failures.length > 0
      ? ['Addresses that gave no file', ...failures.flatMap(one => failureRows(one, width))]
      : [],
    notThere.length > 0 ? wrapped(`Not there: ${notThere.map(escaped).join(', ')}.`, '', width, '  ') : [],
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

const most = 10

function annotationRows(
  { path, records, textOnly, odd, turns, words, images, missing, sources }: AnnotationStats,
  width: number,
): readonly string[] {
  const shown = sources
    .slice(0, most)
    .map(
      ({ prefix, images: count }) =>
        [prefix || '(no folder)', formatCount(count), share(count, images)] as const,
    )
  return [
    ...wrapped(escaped(path), '  ', width),
    ...table(
      [
        ['records', formatCount(records), ''],
        ['  text only', formatCount(textOnly), share(textOnly, records)],
        ...(odd === undefined
          ? []
          : [['  image that is no path', formatCount(odd), share(odd, records)] as const]),
        ['turns', formatCount(turns), `${average(turns, records)} a record`],
        ['words', formatCount(words), `${average(words, turns)} a turn`],
        ['images', formatCount(images), ''],
        ...(missing === undefined
          ? []
          : [['  missing', formatCount(missing), 'when last looked for'] as const]),
        ...shown.map(([prefix, count, part]) => [`  ${prefix}`, count, part] as const),
      ],
      '    ',
      width,
    ),
    ...more(sources.length - shown.length).map(text => `      ${text}`),
  ]
}

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
          one.targets.join(' = ') + (one.targets.length === 1 ? ', in itself' : ''),
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
function table(all: readonly Row[], indent: string, width: number): readonly string[] {
  const rows = all.map(([label, count, rest]): Row => [escaped(label), count, rest])
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
function share(part: number, whole: number): string {
  if (part === 0 || part === whole) return whole === 0 ? '' : part === 0 ? '0 %' : '100 %'
  const percent = (100 * part) / whole
  return percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`
}

const average = (sum: number, count: number): string => (count === 0 ? '0' : (sum / count).toFixed(1))
