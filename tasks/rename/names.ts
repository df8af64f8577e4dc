/** Which rule gives each path its name, and the name. Reads no file. */

import { renamed } from '../../lib/model/rename.ts'
import type { RenameRule } from '../../lib/model/spec.ts'

/** The first rule that matches, by path. `onUnmatched`: a rule matches nothing. */
export async function rulesByPath<R extends RenameRule>(
  rules: readonly R[],
  paths: readonly string[],
  onUnmatched: (rule: R) => void = () => {},
): Promise<ReadonlyMap<string, R>> {
  const { matchingAmong } = await import('../../lib/io/glob.ts')
  const matching = await matchingAmong(paths)
  const ruleOf = new Map<string, R>()
  for (const rule of rules) {
    const matched = matching(rule.match)
    if (matched.length === 0) onUnmatched(rule)
    for (const path of matched) if (!ruleOf.has(path)) ruleOf.set(path, rule)
  }
  return ruleOf
}

/** Undefined where the rule gives it no name inside of the target. */
export const newName = (path: string, rule: RenameRule | undefined): string | undefined =>
  rule ? renamed(path, rule.to) : path
