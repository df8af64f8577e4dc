/**
 * Gives the files of a target's parts their final names, by the rules of the spec, and brings them together in one tree.
 * Reads no bytes. When only the rules changed it takes the files from where they lie under their old names.
 */

import type { RenameParams } from '../lib/model/params.ts'
import { Problem } from '../lib/model/problem.ts'
import { collisionsAmong, renamed } from '../lib/model/rename.ts'
import type { TaskKind, Workbench } from '../lib/model/task.ts'
import { assemble } from './rename/assemble.ts'
import { filesOf, type PartFile } from './rename/part-file.ts'
import { badTemplate, nothingMatched, taken } from './rename/words.ts'

type Rule = RenameParams['rules'][number]

export const rename: TaskKind<RenameParams> = {
  name: 'rename',
  version: 1,
  lane: 'core',
  reworks: true,

  outline: ({ target, rules, parts, bytes, files }) => ({
    name: target,
    fingerprint: [
      ...rules.flatMap(({ match, to, place }, i) => [
        { name: `rename[${i}].match`, value: match, place },
        { name: `rename[${i}].to`, value: to, place },
      ]),
      // A part keeps its digest when it moves to another folder; its files get other names all the same.
      ...parts.flatMap(({ prefix }, i) =>
        prefix === '' ? [] : [{ name: `parts[${i}].into`, value: prefix }],
      ),
    ],
    takes: parts.map(({ task }) => task),
    gives: { form: 'tree', at: target, lasting: true },
    forecast: { bytes, files },
  }),

  async run({ target, rules, parts }, bench) {
    const files = bench.inputs.flatMap((input, i) => filesOf(input, parts[i]?.prefix ?? ''))
    const ruleOf = await rulesByPath(target, rules, files, bench)
    const names = newNames(target, files, ruleOf)
    const collisions = collisionsAmong(names, bench.foldsCase)
    if (collisions.length > 0) throw new Problem(taken(collisions, files, names, ruleOf))
    await assemble(files, names, bench)
  },
}

/** The first rule that matches, by path. A rule that matches nothing is told: most likely it has a slip of the pen. */
async function rulesByPath(
  target: string,
  rules: readonly Rule[],
  files: readonly PartFile[],
  bench: Workbench,
): Promise<ReadonlyMap<string, Rule>> {
  const { matchingAmong } = await import('../lib/io/glob.ts')
  const paths = files.map(({ path }) => path)
  const matching = await matchingAmong(paths)
  const ruleOf = new Map<string, Rule>()
  for (const rule of rules) {
    const matched = matching(rule.match)
    if (matched.length === 0) bench.tell(nothingMatched(target, rule, paths))
    for (const path of matched) if (!ruleOf.has(path)) ruleOf.set(path, rule)
  }
  return ruleOf
}

function newNames(
  target: string,
  files: readonly PartFile[],
  ruleOf: ReadonlyMap<string, Rule>,
): readonly string[] {
  return files.map(({ path }) => {
    const rule = ruleOf.get(path)
    const name = rule ? renamed(path, rule.to) : path
    if (rule && name === undefined) throw new Problem(badTemplate(target, rule, path))
    return name as string
  })
}
