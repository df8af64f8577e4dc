/**
 * Runs one command and tells what it cost: time, processor and memory of all its processes, and disk. Needs bash and
 * /proc. Knows no contestant.
 */

import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { ending } from './ending.ts'

export interface Usage {
  readonly seconds: number
  /** User and system, of the whole tree of processes. */
  readonly cpuSeconds: number
  /** The most that one of the processes held in memory. */
  readonly peakBytes: number
  /** The most that all of them held at one moment; what they share is counted for each. */
  readonly togetherBytes: number
  /** The most that the filesystem of the folder held beyond what it held before. */
  readonly diskBytes: number
  /** How far that was from the folder itself at the end: somebody else wrote or deleted meanwhile. */
  readonly strayBytes: number
}

/** A command that measures only a part of itself leaves this in its folder: its own `seconds` and `cpuSeconds`. */
export const clockFile = 'clock.json'

const memoryEveryMs = 20
const diskEveryMs = 100

/** What the command says lies in `messages.txt` of its folder; where it fails, the end of that is thrown. */
export async function footprintOf(command: readonly string[], cwd: string): Promise<Usage> {
  ending.throwIfAborted()
  const timing = 'TIMEFORMAT="%R %U %S"; time "$@" >messages.txt 2>&1'
  const taken = diskGauge(cwd)
  // A group of its own, so that a signal ends all of it.
  const shell = execa('bash', ['-c', timing, 'bash', ...command], {
    cwd,
    stdin: 'ignore',
    reject: false,
    detached: true,
  })
  const end = (): void => endGroup(shell.pid)
  ending.addEventListener('abort', end)
  let [peakBytes, togetherBytes, diskBytes] = [0, 0, 0]
  const watching = [
    setInterval(() => {
      const memory = below(String(shell.pid)).map(memoryOf)
      peakBytes = Math.max(peakBytes, ...memory.map(({ peak }) => peak))
      togetherBytes = Math.max(
        togetherBytes,
        peakBytes,
        memory.reduce((sum, { now }) => sum + now, 0),
      )
    }, memoryEveryMs),
    setInterval(() => void (diskBytes = Math.max(diskBytes, taken())), diskEveryMs),
  ]
  const { failed, stderr } = await shell
  const leftBytes = taken()
  diskBytes = Math.max(diskBytes, leftBytes)
  watching.forEach(clearInterval)
  ending.removeEventListener('abort', end)
  ending.throwIfAborted()
  if (failed) {
    const messages = readFileSync(join(cwd, 'messages.txt'), 'utf8').split('\n').slice(-15).join('\n')
    throw new Error(`${command.join(' ')} failed:\n${messages}`)
  }
  const [seconds = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number)
  return {
    ...{ seconds, cpuSeconds: user + system, ...ownClock(cwd) },
    ...{ peakBytes, togetherBytes, diskBytes },
    strayBytes: Math.abs(leftBytes - (await bytesBelow(cwd))),
  }
}

/** Bytes that the filesystem gave away since now, also for what is still only in memory. Costs the same for any number of files. */
function diskGauge(folder: string): () => number {
  const free = (): number => {
    const { bfree, bsize } = statfsSync(folder)
    return bfree * bsize
  }
  const before = free()
  return () => before - free()
}

/** Too slow for as long as something is measured. */
async function bytesBelow(folder: string): Promise<number> {
  const { stdout } = await execa('du', ['-s', '--block-size=1', folder], { cancelSignal: ending })
  return Number.parseInt(stdout, 10)
}

function ownClock(folder: string): Partial<Pick<Usage, 'seconds' | 'cpuSeconds'>> {
  const path = join(folder, clockFile)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Usage) : {}
}

function endGroup(leader: number | undefined): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

function below(pid: string): readonly string[] {
  const children = textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean)
  return children.flatMap(child => [child, ...below(child)])
}

/** The kernel keeps the high-water mark of a process: looking now and then misses little of that one. */
function memoryOf(pid: string): { readonly peak: number; readonly now: number } {
  const status = textOf(`/proc/${pid}/status`)
  const field = (name: string): number =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  return { peak: field('VmHWM'), now: field('VmRSS') }
}

/** Empty where the process has ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
