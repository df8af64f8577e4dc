/** Files of a tree by the endings of their names, and the patterns that find them in the archive they came from. Pure. */

import type { Manifest } from '../../model/manifest.ts'
import { endingOf, mediaTypeOf } from './media-types.ts'

interface Kind {
  readonly mediaType: string
  /** Sorted. */
  readonly patterns: readonly string[]
  readonly files: number
  readonly bytes: number
}

interface Sum {
  readonly endings: Map<string, { direct: boolean; nested: boolean }>
  files: number
  bytes: number
}

/**
 * `prefix`: a pattern for what stands before the paths in the archive, ending with `/` or empty. Files without an ending
 * are left out: no pattern finds them alone. A pattern for the top and one for what lies deeper, because readers of `**`
 * do not agree on whether it means no folder, too.
 */
export function kindsIn(
  manifest: Pick<Manifest, 'count' | 'path' | 'size'>,
  prefix: string,
): readonly Kind[] {
  const sums = new Map<string, Sum>()
  for (let i = 0; i < manifest.count; i += 1) {
    const path = manifest.path(i)
    const ending = endingOf(path)
    if (ending === '') continue
    const mediaType = mediaTypeOf(path)
    const sum = sums.get(mediaType) ?? { endings: new Map(), files: 0, bytes: 0 }
    sums.set(mediaType, sum)
    const depths = sum.endings.get(ending) ?? { direct: false, nested: false }
    sum.endings.set(ending, depths)
    depths[path.includes('/') ? 'nested' : 'direct'] = true
    sum.files += 1
    sum.bytes += manifest.size(i)
  }
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([mediaType, { endings, files, bytes }]) => ({
      mediaType,
      files,
      bytes,
      patterns: [...endings]
        .flatMap(([ending, { direct, nested }]) => [
          ...(direct ? [`${prefix}*${literal(ending)}`] : []),
          ...(nested ? [`${prefix}**/*${literal(ending)}`] : []),
        ])
        .toSorted(),
    }))
}

/** What a pattern would read otherwise, as itself. */
export const literal = (text: string): string => text.replace(/[*?[\]]/g, character => `[${character}]`)
