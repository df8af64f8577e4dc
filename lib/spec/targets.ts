/** The names of the command line → targets of the spec. Pure. */

import { fewOf } from '../model/few.ts'
import { isAtOrBelow } from '../model/paths.ts'
import { Problem } from '../model/problem.ts'
import type { Spec } from '../model/spec.ts'
import { didYouMean } from '../model/suggest.ts'

/** In the order of the spec; all of them where nothing is named. Throws `unknown-target` with every unknown name. */
export function targetsNamed(spec: Spec, names: readonly string[]): readonly string[] {
  const all = Object.keys(spec.targets)
  if (names.length === 0) return all
  const found = new Set<string>()
  const unknown: string[] = []
  for (const name of names) {
    const targets = expand(spec, name)
    if (targets.length === 0) unknown.push(name)
    for (const target of targets) found.add(target)
  }
  const [first, ...rest] = unknown.map(name => describe(spec, name))
  if (first) throw new Problem(first, ...rest)
  return all.filter(target => found.has(target))
}

/** A group wins over a directory of the same name; a directory names all targets at and below it. */
function expand(spec: Spec, name: string): readonly string[] {
  const group = Object.hasOwn(spec.groups, name) ? spec.groups[name] : undefined
  if (group)
    return group.flatMap(member => (member === name ? directory(spec, member) : expand(spec, member)))
  return directory(spec, name)
}

const directory = (spec: Spec, name: string): readonly string[] =>
  Object.keys(spec.targets).filter(target => isAtOrBelow(target, name))

/** The targets of a group or a directory. */
export const targetsOf = expand

function describe(spec: Spec, name: string) {
  const names = [...Object.keys(spec.groups), ...Object.keys(spec.targets)]
  return {
    code: 'unknown-target' as const,
    message: `${spec.file} has no target, group or directory called ${name}.`,
    evidence: [
      { label: 'groups', text: Object.keys(spec.groups).join(', ') || 'none' },
      { label: 'targets', text: fewOf(Object.keys(spec.targets), 20) || 'none' },
    ],
    disk: 'Nothing was changed.',
    next: didYouMean(name, names) ?? 'run `npx tsx build` to see all names.',
  }
}
