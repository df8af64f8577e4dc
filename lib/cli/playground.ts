/** Opens what a verb works on: the spec, its graph, the targets asked for, and the records below the root. */

import { join } from 'node:path'
import { asMade, type Before, onlyNeeded } from '../graph/needed.ts'
import { withoutLoosePieces } from '../graph/pinned.ts'
import { graphOf, partOf } from '../graph.ts'
import { Known, type KnownOptions } from '../knowledge.ts'
import { isPartial } from '../model/annotation.ts'
import { stateFolder } from '../model/layout.ts'
import type { Graph } from '../model/plan.ts'
import { lastReceipt, type Receipt } from '../model/receipt.ts'
import type { TaskId, TaskKind } from '../model/task.ts'
import { heirsOf } from '../plan/heirs.ts'
import { openReceipts } from '../receipts/receipts.ts'
import { lookUpSpec, type ReadSpec, readSpecOnce } from '../spec/cache.ts'
import { targetsNamed } from '../spec/targets.ts'
import type { Command, Options } from './arguments.ts'
import { formsOf, kindsByName } from './kinds.ts'
import { refuseFileAsRoot, refuseForeignRoots } from './roots.ts'

export interface Playground extends ReadSpec {
  readonly state: string
  /** Everything that the spec names. */
  readonly whole: Graph
  /** What was asked for; everything where nothing was named. */
  readonly graph: Graph
  /** Archives stay once everything made from them is placed. */
  readonly keepArchives: boolean
}

interface Opening extends Pick<Command, 'names'> {
  readonly options: Options & {
    /** What was made in part only is looked at as that, without being asked for. */
    readonly asMade?: boolean
  }
}

/** Reads the spec and makes the graph. Touches nothing below the root. */
export async function openPlayground(
  { options, names }: Opening,
  kinds: readonly TaskKind[],
): Promise<Playground> {
  const forms = formsOf(kinds)
  const read = await readSpecOnce(options.spec, forms, lookUpSpec(options.spec, forms, options.root))
  const { spec, root } = read
  const targets = targetsNamed(spec, names)
  const state = join(root, stateFolder)
  const whole = graphFor(graphOf(spec, kindsByName(kinds)), targets, state, options)
  refuseFileAsRoot(root)
  refuseForeignRoots(root, targets)
  const keepArchives = options.keepArchives || spec.archives === 'keep'
  return { ...read, state, whole, graph: partOf(whole, targets), keepArchives }
}

/** Everything that the spec names, as it is made with these options. */
function graphFor(
  everything: Graph,
  targets: readonly string[],
  state: string,
  { onlyNeeded: isPart, locked, asMade: isAsMade }: Opening['options'],
): Graph {
  const graph = isPart
    ? onlyNeeded(everything, targets, beforeAt(state))
    : isAsMade
      ? asMade(everything, beforeAt(state))
      : everything
  return locked ? withoutLoosePieces(graph) : graph
}

/** By the last result of each task that was finished, also where a later attempt was ended. */
function beforeAt(state: string): Before {
  const receipts = openReceipts(state, { readOnly: true })
  const lastOf = (id: TaskId): Receipt | undefined => lastReceipt(receipts.memoryOf(id))
  return {
    isWhole({ id }) {
      const last = lastOf(id)
      return last !== undefined && !isPartial(last.fingerprint)
    },
    chosenBy({ id }) {
      const last = lastOf(id)
      return last && isPartial(last.fingerprint) ? last.inputs.map(({ task }) => task) : undefined
    },
  }
}

/** What is recorded of a playground, and what lies there. Writes nothing. */
export async function survey(playground: Playground, options: KnownOptions): Promise<Known> {
  const receipts = openReceipts(playground.state, { readOnly: true })
  const heirs = heirsOf(playground.whole, receipts.all())
  return new Known(playground.root, receipts, { heirs, ...options }).lookAtAll(
    playground.graph.tasks.values(),
  )
}
