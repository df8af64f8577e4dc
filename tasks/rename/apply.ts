/**
 * Gives the files of a target's parts their final names, by the rules of the spec, and brings them together in one tree.
 * Reads no bytes unless images are to become JPEG. When only the rules changed it takes the files from where they lie under
 * their old names.
 */

import type { RenameParams } from '../../lib/model/params.ts'
import { Problem } from '../../lib/model/problem.ts'
import { collisionsAmong } from '../../lib/model/rename.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { assemble, holds } from './assemble.ts'
import type { Piece } from './formats.ts'
import { forgetLost, withLost } from './lost.ts'
import { newName, rulesByPath } from './names.ts'
import { filesOf, type PartFile } from './part-file.ts'
import { badTemplate, nothingMatched, taken } from './words.ts'

type Rule = RenameParams['rules'][number]

export async function applyRules(params: RenameParams, bench: Workbench): Promise<void> {
  const { target, rules, parts, transcode } = params
  const told = bench.inputs.flatMap((input, i) => filesOf(input, parts[i]?.prefix ?? ''))
  const paths = told.map(({ path }) => path)
  // Of a part of the files a rule may match none, and be right all the same.
  const isPart = bench.inputs.some(input => input.isPart)
  const onUnmatched = (rule: Rule): void => {
    if (!isPart) bench.tell(nothingMatched(target, rule, paths))
  }
  const ruleOf = await rulesByPath(rules, paths, onUnmatched)
  const ruled = newNames(target, told, ruleOf)
  const formats = transcode && (await import('./formats.ts'))
  const isKept = formats?.keptIn(bench) ?? keptIn(bench)
  const files = await withLost(params, told, i => isKept(told[i] as PartFile, ruled[i] as string), bench)
  const pieces = formats
    ? await formats.piecesOf(files, ruled, bench)
    : files.map((file, i): Piece => ({ file, name: ruled[i] as string }))
  const names = pieces.map(({ name }) => name)
  const collisions = collisionsAmong(names, bench.foldsCase)
  if (collisions.length > 0) throw new Problem(taken(collisions, files, names, ruleOf, transcode?.place))
  // First what may fail: until then the parts are whole, and another attempt need not make them again.
  const encoded = transcode
    ? await (await import('./encode.ts')).encodeAll(target, transcode.place, pieces, bench)
    : 0
  await assemble(encoded === 0 ? pieces : pieces.filter(({ encode }) => encode === undefined), encoded, bench)
  forgetLost(bench)
}

/** Whether a file lies in the last result, under its name there. */
const keptIn =
  ({ intact }: Workbench) =>
  ({ sha256 }: PartFile, name: string): boolean =>
    holds(intact, name, sha256)

function newNames(
  target: string,
  files: readonly PartFile[],
  ruleOf: ReadonlyMap<string, Rule>,
): readonly string[] {
  return files.map(({ path }) => {
    const rule = ruleOf.get(path)
    const name = newName(path, rule)
    if (rule && name === undefined) throw new Problem(badTemplate(target, rule, path))
    return name as string
  })
}
