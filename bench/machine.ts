/**
 * What this machine does to whoever is measured on it: memory that an idle machine gave to its host is slow to come
 * back, and a disk is slow when its neighbours are busy. Needs Linux; elsewhere memory is left as it is.
 */

import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { ending } from './ending.ts'

/**
 * Reads holes, which fill memory and no disk. They stay in `folder`: memory that is given free is given back again.
 * `BENCH_WARM=0` leaves it out, to try a bench beside other work.
 */
export async function warmMemory(folder: string): Promise<void> {
  const meminfo = '/proc/meminfo'
  if (!existsSync(meminfo) || process.env['BENCH_WARM'] === '0') return
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync(meminfo, 'utf8'))?.[1] ?? 0
  const holes = join(folder, 'holes')
  writeFileSync(holes, '')
  truncateSync(holes, Math.floor(Number(available) * 1024 * 0.9))
  await readThrough(holes)
}

export async function readThrough(path: string): Promise<void> {
  await execa('cat', [path], { stdio: ['ignore', 'ignore', 'inherit'], cancelSignal: ending })
}

export const probeBytes = 512 << 20

/** Bytes a second that the disk takes now, safely. */
export function diskRate(folder: string): number {
  const piece = Buffer.alloc(8 << 20, 'groundwork')
  execFileSync('sync', ['-f', folder])
  const startMs = performance.now()
  const file = openSync(join(folder, `probe-${startMs}`), 'wx')
  for (let written = 0; written < probeBytes; written += piece.length) writeSync(file, piece)
  fsyncSync(file)
  closeSync(file)
  return (probeBytes / (performance.now() - startMs)) * 1000
}
