/**
 * One build at a time in a playground. Knows how the lock is taken, renewed and given back; never waits.
 *
 * The lock is a folder that holds one file, named by its holder's run and renewed while the holder lives. It is prepared
 * under a private name and renamed into place, which fails while the folder there has something in it: so it appears whole,
 * and one of many wins. A dead holder's file is removed by its own name, so nobody can remove the file of who came after.
 * `flock` is not used: on Lustre, GPFS and some NFS mounts everybody gets it.
 *
 * Correctness does not hang on it: staging folders and log segments are private to a run. A broken lock costs work done twice.
 */

import { readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, filesystemNowMs, makeFolder, remove, writeWhole } from './io/disk.ts'
import { type Machine, thisMachine } from './io/machine.ts'
import { holderOf, isGone, type Owner, ownerOf } from './lock/holder.ts'
import { held, lost } from './lock/messages.ts'
import type { Problem } from './model/problem.ts'

export interface LockOptions {
  /** Unlike any other: names the holder's file. Letters, digits and `-`. */
  readonly runId: string
  /** Called once, when the lock was taken away: this run should stop. */
  readonly onLost: (problem: Problem) => void
  readonly machine?: Machine
  /** The clock of the filesystem that the folder lies on. */
  readonly nowMs?: (folder: string) => number
  /** Calls `renew` from time to time, without keeping the process alive; gives the way to stop that. */
  readonly repeat?: (renew: () => void) => () => void
}

export interface Lock {
  /** Gives it back. Once it is lost, or a second time, does nothing. */
  release(): void
}

const renewEveryMs = 25_000
/** Each round is lost to somebody who got further; so many in a row do not happen. */
const mostRounds = 20

/** Throws `lock-held`. */
export function takeLock(stateFolder: string, options: LockOptions): Lock {
  const { runId, machine = thisMachine(), nowMs = filesystemNowMs, repeat = everyNowAndThen } = options
  const lock = join(stateFolder, 'lock')
  const own = join(lock, ownerFile(runId))
  acquire(lock, ownerOf(machine, runId), machine, () => nowMs(stateFolder))
  removePrepared(stateFolder)

  const stop = repeat(() => {
    if (renew(own)) return
    stop()
    options.onLost(lost(holderOf(lock)))
  })
  return {
    release() {
      stop()
      remove(own)
      removeIfEmpty(lock)
    },
  }
}

const ownerFile = (runId: string): string => `${runId}.json`

function acquire(lock: string, owner: Owner, machine: Machine, nowMs: () => number): void {
  const prepared = `${lock}.${owner.runId}`
  const refuse = (holder: ReturnType<typeof holderOf>): never => {
    remove(prepared)
    throw held(holder, machine, nowMs())
  }
  for (let round = 1; round <= mostRounds; round++) {
    if (putInPlace(prepared, lock, owner)) return
    const holder = holderOf(lock)
    if (holder === undefined) removeIfEmpty(lock)
    else if (isGone(holder, machine, nowMs())) remove(join(lock, holder.file))
    else return refuse(holder)
  }
  return refuse(undefined)
}

/** False where another one holds the lock, or its holder tidied our preparation away. */
function putInPlace(prepared: string, lock: string, owner: Owner): boolean {
  try {
    makeFolder(prepared)
    writeWhole(join(prepared, ownerFile(owner.runId)), JSON.stringify(owner))
    renameSync(prepared, lock)
    return true
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errorCode(error) ?? '')) return false
    throw error
  }
}

/** What killed processes prepared. One that lives finds its own gone, tries again, and sees that the lock is held. */
function removePrepared(stateFolder: string): void {
  for (const name of readdirSync(stateFolder).filter(each => each.startsWith('lock.'))) {
    try {
      remove(join(stateFolder, name))
    } catch (error) {
      // It is being written to at this moment.
      if (errorCode(error) !== 'ENOTEMPTY') throw error
    }
  }
}

/** By writing the same bytes again, so that the server's clock tells the time. False if the file is not there any more. */
function renew(own: string): boolean {
  try {
    writeFileSync(own, readFileSync(own), { flag: 'r+' })
    return true
  } catch (error) {
    // Other errors pass, or last so long that another host takes over; then the file is gone.
    return errorCode(error) !== 'ENOENT'
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errorCode(error) ?? '')) throw error
  }
}

function everyNowAndThen(renew: () => void): () => void {
  const timer = setInterval(renew, renewEveryMs).unref()
  return () => clearInterval(timer)
}
