/**
 * The kind that gives a target's files their final names and, where that is asked for, makes its images JPEG: what it depends
 * on, and what it gives. See rename/apply.ts.
 */

import { jpegEncoderLacks } from '../lib/io/jpeg.ts'
import { onDemand } from '../lib/io/on-demand.ts'
import type { RenameParams } from '../lib/model/params.ts'
import type { Outline, TaskKind } from '../lib/model/task.ts'
import { jpgRecipe } from '../lib/model/transcode.ts'

// Loaded when there is work, as their libraries are.
const foretelling = onDemand(() => import('./rename/contents.ts'))
const applying = onDemand(() => import('./rename/apply.ts'))

export const rename: TaskKind<RenameParams> = {
  name: 'rename',
  version: 1,
  lane: 'core',
  // What was re-encoded once cannot be had back from it.
  reworks: changes => changes.every(({ ingredient, was }) => ingredient !== 'transcode' || was === undefined),

  outline: ({ target, rules, parts, transcode, bytes, files }) => ({
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
      ...(transcode ? [{ name: 'transcode', value: jpgRecipe, place: transcode.place }] : []),
    ],
    takes: parts.map(({ task }) => task),
    ...piecesOf(parts),
    gives: { form: 'tree', at: target, lasting: true },
    forecast: { bytes, files },
  }),

  lacks: ({ transcode }) => transcode && jpegEncoderLacks(),

  contents: async (params, { foldsCase }, inputs) =>
    (await foretelling()).renamedContents(params, inputs, foldsCase),
  run: async (params, bench) => (await applying()).applyRules(params, bench),
}

/** A few lost files are had like those of the parts, where that goes for all of them and one host is asked. */
function piecesOf(parts: RenameParams['parts']): Pick<Outline, 'pieces'> {
  const pieces = parts.flatMap(({ again }) => again?.pieces ?? [])
  const [first, ...others] = pieces
  if (first === undefined || pieces.length < parts.length) return {}
  if (others.some(({ host }) => host !== first.host)) return {}
  return {
    pieces: {
      ...first,
      endBytes: pieces.reduce((sum, { endBytes }) => sum + endBytes, 0),
      isPinned: pieces.every(({ isPinned }) => isPinned),
      needsDigests: true,
    },
  }
}
