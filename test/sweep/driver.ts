/**
 * The child process of the sweeps: carries out one command line after another through the real front door, on a disk that
 * strikes where it is told to. Knows no world and judges nothing.
 */

import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'
import { main } from '../../lib/cli/main.ts'
import { usual } from '../../tasks/download/tuning.ts'
import { downloadKind } from '../../tasks/download.ts'
import { kinds } from '../../tasks/index.ts'
import { stopWatching, watchDisk } from '../rig/faults.ts'
import type { Answer, Order } from './builder.ts'

/** What is waited for in a sweep is a clock that ticks every few milliseconds; anything longer is patience with hosts. */
const longestPauseMs = 4
const sleep = timers.setTimeout
timers.setTimeout = (milliseconds, ...rest) => sleep(Math.min(milliseconds ?? 0, longestPauseMs), ...rest)
syncBuiltinESMExports()

// Each command line listens to them anew.
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0)

/** Files of a few hundred bytes are fetched over several connections, and synced on the way. */
const patience = { connectMs: 10_000, firstByteMs: 10_000, stallMs: 40 }
const impatient = downloadKind({
  patience,
  tuning: { ...usual, leastBytes: 100, claimBytes: 150, mostClaimBytes: 150, syncBytes: 200 },
})

const kilobytes = (count: number): number => count << 10
/** Archives of a few megabytes are unpacked while they arrive, and given back in many portions. */
const impatientOfLarge = downloadKind({
  patience,
  tuning: {
    ...usual,
    leastBytes: kilobytes(64),
    leastTakenBytes: kilobytes(32),
    claimBytes: kilobytes(128),
    mostClaimBytes: kilobytes(128),
    syncBytes: kilobytes(512),
    hashFromBytes: kilobytes(256),
    hashPieceBytes: kilobytes(64),
    spending: {
      leastBytes: kilobytes(1024),
      leastWindowBytes: kilobytes(1024),
      leastPortionBytes: kilobytes(256),
    },
  },
})

const kindsWith = (download: typeof impatient): typeof kinds =>
  kinds.map(kind => (kind.name === 'download' ? (download as typeof kind) : kind))

/** What the command line wrote; nothing reaches the real streams. */
const said = { stdout: '', stderr: '' }
for (const stream of ['stdout', 'stderr'] as const) {
  process[stream].write = (text: string | Uint8Array): boolean => {
    said[stream] += String(text)
    return true
  }
}

async function obey({ argv, folder, fault, isLarge }: Order): Promise<Answer> {
  const watch = watchDisk(folder, fault)
  Object.assign(said, { stdout: '', stderr: '' })
  const exitCode = await main(argv, kindsWith(isLarge ? impatientOfLarge : impatient))
  stopWatching()
  return { exitCode, ...said, calls: watch.calls, struck: watch.struck }
}

process.on('message', (order: Order) => {
  obey(order).then(
    answer => process.send?.(answer),
    (error: unknown) => {
      throw error
    },
  )
})
process.on('disconnect', () => process.exit())
