/**
 * The log on disk: append-only segments in one folder, one for each process that wrote something, read in the order of
 * their generation. Knows files and frames; not what a record means for the records before it.
 */

import { closeSync, fsyncSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, remove, syncFolder, writeAll, writeWhole } from '../io/disk.ts'
import { moreRow } from '../model/few.ts'
import type { Diagnostic } from '../model/problem.ts'
import type { Memory } from '../model/receipt.ts'
import { formatCount, plural } from '../model/units.ts'
import { frameOf, type Gap, readSegment } from './frames.ts'

/** What is written behind the generation: whoever wrote the segment. */
export const isRunId = (text: string): boolean => /^[\w-]+$/.test(text)

const segmentName = /^(\d{8,})-[\w-]+\.log$/
/** A compaction that was killed leaves its unfinished file; NFS keeps a removed file that is still open as `.nfs…`. */
const leftoverName = /^\d{8,}-[\w-]+\.log\.[0-9a-f]+\.tmp$/
const nfsName = /^\.nfs/

export interface LogContents {
  readonly records: readonly Memory[]
  /** Names, oldest first. */
  readonly segments: readonly string[]
  readonly leftovers: readonly string[]
  readonly problems: readonly Diagnostic[]
}

/** Reads every segment once. A folder that is not there is an empty log. */
export function readLog(folder: string): LogContents {
  // A build that compacts the log meanwhile takes segments away; their records then stand in a new one.
  for (let attempt = 1; ; attempt++) {
    try {
      return readSegments(folder)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || attempt === 5) throw error
    }
  }
}

function readSegments(folder: string): LogContents {
  const names = namesIn(folder).toSorted()
  const segments = names
    .filter(name => segmentName.test(name))
    .toSorted((a, b) => generationOf(a) - generationOf(b))
  const leftovers = names.filter(name => leftoverName.test(name))
  const foreign = names.filter(
    name => !segmentName.test(name) && !leftoverName.test(name) && !nfsName.test(name),
  )
  const read = segments.map(name => ({ name, ...readSegment(readFileSync(join(folder, name))) }))
  const damaged = read.flatMap(({ name, gaps }) => gaps.map(gap => ({ name, gap })))
  return {
    records: read.flatMap(({ records }) => records),
    segments,
    leftovers,
    problems: [
      ...(damaged.length > 0 ? [damagedLog(damaged)] : []),
      ...(foreign.length > 0 ? [foreignFiles(foreign)] : []),
    ],
  }
}

const generationOf = (name: string): number => Number(segmentName.exec(name)?.[1] ?? 0)

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

/** The writing end: a segment of its own, begun with the first record. One at a time: the lock sees to that. */
export class LogWriter {
  readonly #folder: string
  readonly #runId: string
  #segments: readonly string[]
  #leftovers: readonly string[]
  #generation: number
  /** The newest segment, if it is ours. */
  #own: string | undefined
  #handle: number | undefined

  constructor(folder: string, runId: string, { segments, leftovers }: LogContents) {
    this.#folder = folder
    this.#runId = runId
    this.#segments = segments
    this.#leftovers = leftovers
    this.#generation = generationOf(segments.at(-1) ?? '')
  }

  get segmentCount(): number {
    return this.#segments.length
  }

  /** Returns when the record is on disk. */
  append(memory: Memory): void {
    try {
      this.#handle ??= this.#begin()
      writeAll(this.#handle, frameOf(memory))
      fsyncSync(this.#handle)
    } catch (error) {
      // Half a record may stand there now: the next one goes into a new segment.
      this.close()
      this.#own = undefined
      throw error
    }
  }

  /**
   * Replaces all segments by one with these records, to which later ones are appended. A crash on the way loses nothing:
   * the new segment appears whole, and the old ones go oldest first, so that what is left of them ends as all did.
   */
  rewrite(live: Iterable<Memory>): void {
    this.close()
    const name = this.#nextName()
    writeWhole(join(this.#folder, name), Buffer.concat(Array.from(live, frameOf)))
    this.#own = name
    for (const old of [...this.#leftovers, ...this.#segments]) remove(join(this.#folder, old))
    this.#leftovers = []
    this.#segments = [name]
    syncFolder(this.#folder)
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle)
    this.#handle = undefined
  }

  #begin(): number {
    if (this.#own !== undefined) return openSync(join(this.#folder, this.#own), 'a')
    this.#own = this.#nextName()
    const handle = openSync(join(this.#folder, this.#own), 'ax')
    this.#segments = [...this.#segments, this.#own]
    syncFolder(this.#folder)
    return handle
  }

  #nextName(): string {
    this.#generation += 1
    return `${String(this.#generation).padStart(8, '0')}-${this.#runId}.log`
  }
}

const listed = 5

function damagedLog(damaged: readonly { readonly name: string; readonly gap: Gap }[]): Diagnostic {
  return {
    severity: 'warning',
    code: 'state-damaged',
    message: 'Some records of finished tasks cannot be read.',
    evidence: [
      ...damaged.slice(0, listed).map(({ name, gap }) => ({
        label: 'found',
        text: `${plural(gap.bytes, 'unreadable byte')} behind byte ${formatCount(gap.at)}`,
        from: `.groundwork/log/${name}`,
      })),
      ...moreRow(damaged.length - listed),
    ],
    disk: 'All other records were read. Nothing was changed.',
    next: 'build again; a task whose record is lost is checked, and done again where needed.',
  }
}

function foreignFiles(names: readonly string[]): Diagnostic {
  return {
    severity: 'warning',
    code: 'state-foreign',
    message: `${plural(names.length, 'file')} in .groundwork/log ${names.length === 1 ? 'is' : 'are'} not from Groundwork.`,
    evidence: [
      ...names.slice(0, listed).map(name => ({ label: 'found', text: name })),
      ...moreRow(names.length - listed),
    ],
    disk: 'They were neither read nor changed.',
    next: 'move them to another folder, or remove them.',
  }
}
