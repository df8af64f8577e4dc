/** Opens what a verb works on: the spec, its graph, the targets asked for, and the records below the root. */

import { readlinkSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Kinds, graphOf, partOf } from '../graph.ts'
import { look, nearestExisting } from '../io/disk.ts'
import { Known, stateFolder } from '../knowledge.ts'
import type { Graph } from '../model/plan.ts'
import { Problem } from '../model/problem.ts'
import type { SourceForm, TaskKind } from '../model/task.ts'
import { openReceipts } from '../receipts/receipts.ts'
import { type ReadSpec, readSpecOnce } from '../spec/cache.ts'
import { targetsNamed } from '../spec/targets.ts'
import type { LookOptions } from '../survey.ts'
import type { Command } from './arguments.ts'

export interface Playground extends ReadSpec {
  readonly state: string
  /** Everything that the spec names. */
  readonly whole: Graph
  /** What was asked for; everything where nothing was named. */
  readonly graph: Graph
  /** Archives stay once everything made from them is placed. */
  readonly keepArchives: boolean
}

export const kindsByName = (kinds: readonly TaskKind[]): Kinds =>
  new Map(kinds.map(kind => [kind.name, kind]))

export const formsOf = (kinds: readonly TaskKind[]): readonly SourceForm<unknown>[] =>
  kinds.flatMap(kind => (kind.source ? [kind.source] : []))

/** Reads the spec and makes the graph. Touches nothing below the root. */
export async function openPlayground(
  { options, names }: Pick<Command, 'options' | 'names'>,
  kinds: readonly TaskKind[],
): Promise<Playground> {
  const read = await readSpecOnce(options.spec, formsOf(kinds), options.root)
  const { spec, root } = read
  const whole = graphOf(spec, kindsByName(kinds))
  const targets = targetsNamed(spec, names)
  refuseFileAsRoot(root)
  refuseForeignRoots(root, targets)
  const keepArchives = options.keepArchives || spec.archives === 'keep'
  return { ...read, state: join(root, stateFolder), whole, graph: partOf(whole, targets), keepArchives }
}

/** What is recorded of a playground, and what lies there. Writes nothing. */
export async function survey(playground: Playground, options: LookOptions): Promise<Known> {
  const receipts = openReceipts(playground.state, { readOnly: true })
  return new Known(playground.root, receipts, options).lookAtAll(playground.graph)
}

function refuseFileAsRoot(root: string): void {
  const existing = nearestExisting(root)
  if (statSync(existing).isDirectory()) return
  throw new Problem({
    code: 'read-only-root',
    message: `${existing} is a file, so that no playground can lie at ${root}.`,
    disk: 'Nothing was changed.',
    next: 'name a folder: --root DIR, or `root:` in the spec.',
  })
}

/** A link on the way to a target that leads out of the root would have us write, and later clean, somewhere else. */
function refuseForeignRoots(root: string, targets: readonly string[]): void {
  const folders = new Set(
    targets.flatMap(target => target.split('/').map((_, i, names) => names.slice(0, i + 1).join('/'))),
  )
  for (const folder of folders) {
    const path = join(root, folder)
    if (!look(path)?.isSymbolicLink()) continue
    const goal = realGoal(path)
    const real = realpathSync(root)
    if (goal.startsWith(`${real}/`)) continue
    throw new Problem({
      code: 'symlink-outside-root',
      subject: folder,
      message: `${path} is a link that leads out of the playground.`,
      evidence: [
        { label: 'root', text: real },
        { label: 'leads to', text: goal },
      ],
      disk: 'Nothing was changed.',
      next: 'build with --root DIR where the files are to lie, or replace the link by a folder.',
    })
  }
}

/** Where a link leads, also when nothing lies there. */
function realGoal(link: string): string {
  try {
    return realpathSync(link)
  } catch {
    return resolve(dirname(link), readlinkSync(link))
  }
}
