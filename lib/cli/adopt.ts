/** `build adopt TARGET [--from DIR]`: takes over files that lie on disk already, instead of downloading them. */

import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { realPlace, remove } from '../io/disk.ts'
import { threadsOn } from '../io/worker.ts'
import type { Known } from '../knowledge.ts'
import { fewOf } from '../model/few.ts'
import type { LinkMode } from '../model/link-mode.ts'
import { Problem } from '../model/problem.ts'
import { adoptedPage } from '../report/adopt.ts'
import { refuseReadOnly } from '../room.ts'
import type { Account } from '../run/adopt/account.ts'
import { type Adoption, type Found, finish, lookFor, Takings, takeAll } from '../run/adopt.ts'
import { usage } from './arguments.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { whileHeld } from './hold.ts'
import { onInterrupt } from './interrupt.ts'
import { openPlayground, type Playground, survey } from './playground.ts'

export async function adopt(desk: Desk): Promise<number> {
  const { command, kinds, console } = desk
  refuseMisuse(desk)
  const began = performance.now()
  const playground = await openPlayground(command, kinds)
  const { targets } = playground.graph
  if (command.options.from !== undefined && targets.length !== 1)
    throw usage(
      `--from takes one target, and ${command.names.join(' ')} names ${targets.length}`,
      `name one of them: ${fewOf(targets, 5)}.`,
    )
  const done = command.options.dryRun ? await foretell(desk, playground) : await perform(desk, playground)
  const exitCode =
    done === undefined ? exitCodes.interrupted : done.failed > 0 ? exitCodes.failed : exitCodes.done
  return console.summary({ ...done, seconds: (performance.now() - began) / 1000, exitCode })
}

function refuseMisuse({ command: { names, options } }: Desk): void {
  const { from, locked, onlyNeeded, sample } = options
  if (names.length === 0)
    throw usage('`adopt` takes the name of a target', 'npx tsx build adopt NAME --from DIR')
  if (locked) throw usage('--locked is for builds, not for `adopt`', 'leave it out.')
  if (onlyNeeded)
    throw usage('--only-needed is for builds; `adopt` takes whatever lies there', 'leave it out.')
  if (sample !== undefined) throw usage('--sample is for builds, not for `adopt`', 'leave it out.')
  const isFolder = from === undefined || statSync(from, { throwIfNoEntry: false })?.isDirectory() === true
  if (!isFolder) throw usage(`--from ${from} is no folder`, 'name the folder in which the files lie.')
}

interface Done {
  ran: number
  failed: number
  requests: number
  filesWritten: number
}

interface Occasion {
  readonly desk: Desk
  readonly playground: Playground
  readonly done: Done
  readonly signal: AbortSignal
}

/** Undefined where the user ended it. */
async function foretell(desk: Desk, playground: Playground): Promise<Done | undefined> {
  const { signal, release } = onInterrupt(desk.console.report)
  const done = { ran: 0, failed: 0, requests: 0, filesWritten: 0 }
  try {
    const known = await survey(playground, { tier: desk.command.options.check })
    await eachOf({ desk, playground, done, signal }, async adoption => {
      const found = await look(desk, playground, known, adoption, { signal, foldsCase: false })
      done.requests += found.requests
      tell(desk, found.account, undefined)
    })
    return done
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  } finally {
    release()
  }
}

async function perform(desk: Desk, playground: Playground): Promise<Done | undefined> {
  refuseReadOnly(playground.root)
  const { result, interrupted } = await whileHeld(desk, playground, async run => {
    const done = { ran: 0, failed: 0, requests: 0, filesWritten: 0 }
    const takings = new Takings()
    try {
      await eachOf({ desk, playground, done, signal: run.signal }, async adoption => {
        const found = await look(desk, playground, run.known, adoption, run)
        done.requests += found.requests
        const put = await takeAll(run, found, adoption.link, takings)
        const account = found.recount()
        done.filesWritten += account.adopted.files - account.inPlace
        tell(desk, account, put)
      })
      const after = await finish(takings, run)
      done.ran = takings.recorded + after.ran
      done.failed += after.failed
    } catch (error) {
      if (!run.signal.aborted) throw error
    }
    run.known.receipts.dropUnused()
    return done
  })
  return interrupted ? undefined : result
}

/** What cannot be taken over for one target is told, and the next one has its turn. */
async function eachOf(
  { desk, playground, done, signal }: Occasion,
  work: (adoption: Adoption) => Promise<void>,
): Promise<void> {
  for (const adoption of adoptions(desk, playground)) {
    try {
      await work(adoption)
    } catch (error) {
      if (!(error instanceof Problem) || signal.aborted) throw error
      desk.console.problem(error)
      done.failed += 1
    }
  }
}

const adoptions = ({ command: { options } }: Desk, { graph, root }: Playground): readonly Adoption[] =>
  graph.targets.map(target => ({
    target,
    from: otherFolder(options.from, join(root, target)),
    link: options.link,
    threads: threadsOn(options.jobs),
    isHashed: options.check === 'hash',
  }))

/** Undefined: the target's own, also where that is the one that was named. */
function otherFolder(from: string | undefined, own: string): string | undefined {
  return from === undefined || realPlace(from) === realPlace(own) ? undefined : resolve(from)
}

async function look(
  { command: { options }, console }: Desk,
  playground: Playground,
  known: Known,
  adoption: Adoption,
  { signal, foldsCase }: { readonly signal: AbortSignal; readonly foldsCase: boolean },
): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-adopt-'))
  const { offline } = options
  const { report } = console
  try {
    return await lookFor(adoption, { ...playground, known, folder, offline, foldsCase, report, signal })
  } finally {
    remove(folder)
  }
}

/** `put`: undefined where nothing was changed. */
function tell({ console }: Desk, account: Account, put: ReadonlyMap<LinkMode, number> | undefined): void {
  console.result(adoptedPage({ ...account, put }))
  const counts = put === undefined ? null : Object.fromEntries(put)
  console.object({ event: 'adopted', ...account, put: counts, dryRun: put === undefined })
}
