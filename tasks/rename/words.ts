/** What the rename says when a rule cannot be followed. Pure. */

import { fewOf, fewRows } from '../../lib/model/few.ts'
import { belowRoot } from '../../lib/model/layout.ts'
import type { RenameParams } from '../../lib/model/params.ts'
import type { Diagnostic, DiagnosticDraft, Place } from '../../lib/model/problem.ts'
import type { Collision } from '../../lib/model/rename.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import type { PartFile } from './part-file.ts'

type Rule = RenameParams['rules'][number]

const disk = 'Nothing was placed.'
/** More than these are counted. */
const pairsListed = 10
const endingsListed = 4

export function nothingMatched(target: string, rule: Rule, paths: readonly string[]): Diagnostic {
  return {
    severity: 'warning',
    code: 'bad-pattern',
    subject: `${target}: rename`,
    message: `The pattern ${rule.match} matches none of the ${plural(paths.length, 'file')}.`,
    place: rule.place,
    evidence: [
      { label: 'wanted', text: rule.match, from: rule.place },
      { label: 'found', text: endingsOf(paths) },
    ],
    disk: 'The files keep the names that other rules, or their archives, give them.',
    next: 'compare folders, endings and their case; **/ before a name matches at any depth.',
  }
}

/** `.jpg (1,200), .PNG (3), such as a/b.jpg`: most frequent first. */
function endingsOf(paths: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const path of paths) {
    const ending = /\.[^./]+$/.exec(path)?.[0] ?? 'no ending'
    counts.set(ending, (counts.get(ending) ?? 0) + 1)
  }
  const [example] = paths
  if (example === undefined) return 'no file at all'
  const frequent = [...counts].toSorted(([, a], [, b]) => b - a)
  const endings = frequent.map(([ending, count]) => `${ending} (${formatCount(count)})`)
  return `${fewOf(endings, endingsListed)}, such as ${example}`
}

export function badTemplate(target: string, rule: Rule, path: string): DiagnosticDraft {
  return {
    code: 'bad-value',
    message: `The template ${rule.to} gives ${path} no name inside of ${target}.`,
    place: rule.place,
    evidence: [
      { label: 'wanted', text: 'a file name, below the target' },
      { label: 'found', text: `${path} → ${rule.to}`, from: rule.place },
    ],
    disk,
    next: 'end the template in a name, such as {dir}/{stem}.jpg.',
  }
}

export function taken(
  collisions: readonly Collision[],
  files: readonly PartFile[],
  names: readonly string[],
  ruleOf: ReadonlyMap<string, Rule>,
  transcode: Place | undefined,
): DiagnosticDraft {
  const file = (i: number): PartFile => files[i] as PartFile
  const { first, second } = collisions[0] as Collision
  const place = (ruleOf.get(file(second).path) ?? ruleOf.get(file(first).path))?.place ?? transcode
  const fromTwoParts = file(first).path === file(second).path
  return {
    code: 'rename-collision',
    message: `${plural(collisions.length, 'file')} would get a name that another file has.`,
    ...(place && { place }),
    evidence: fewRows('found', collisions, pair => pairWords(pair, files, names), pairsListed),
    disk,
    next: fromTwoParts
      ? 'unpack one of the sources into a folder of its own with `into`.'
      : transcode
        ? 'give them other names with `rename`, such as {dir}/{stem}-{ext}.{ext}.'
        : 'narrow `match`, or keep the names apart in `to`, such as {dir}/{stem}.{ext}.jpg.',
  }
}

function pairWords(
  { first, second, form }: Collision,
  files: readonly PartFile[],
  names: readonly string[],
): string {
  const [a, b] = [files[first] as PartFile, files[second] as PartFile]
  const [nameOfA, nameOfB] = [names[first] as string, names[second] as string]
  switch (form) {
    case 'same':
      return a.path === b.path
        ? `${a.path} of ${a.part} and of ${b.part}`
        : `${a.path} and ${b.path} → ${nameOfA}`
    case 'case':
      return `${a.path} → ${nameOfA}, ${b.path} → ${nameOfB}: one name to this disk, which folds case`
    case 'folder':
      return `${a.path} → ${nameOfA}, ${b.path} → ${nameOfB}: a file cannot be a folder too`
  }
}

export interface Refused {
  /** Below the target, before renaming. */
  readonly path: string
  readonly why: string
}

/** `list`: where all of them stand (absolute). */
export function unreadable(
  target: string,
  place: Place,
  refused: readonly Refused[],
  tried: number,
  list: string,
): DiagnosticDraft {
  return {
    code: 'unreadable-image',
    subject: `${target}: transcode`,
    place,
    message: `${plural(refused.length, 'image')} cannot be read, of ${formatCount(tried)} that ${tried === 1 ? 'is' : 'are'} to become JPEG.`,
    evidence: [
      ...fewRows('found', refused, ({ path, why }) => `${path}: ${why}`, pairsListed),
      { label: 'all', text: belowRoot(list) },
    ],
    disk,
    next: 'name a source that has them whole; without `transcode` they are placed as they are.',
  }
}
