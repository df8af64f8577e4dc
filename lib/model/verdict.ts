/**
 * The one judgement: is a task's recorded result still what the spec asks for and what lies on disk?
 * Pure; plan and run both call it, so forecast and deed cannot differ.
 */

import type { Change, Fingerprint } from './fingerprint.ts'
import { type Memory, type Receipt, sawMark } from './receipt.ts'
import type { Pins, Task, TaskId } from './task.ts'

/** What the disk looked like when asked, about one task's artifact. */
export type Survey =
  /**
   * Every file is as its manifest says. `refreshed`: some only after hashing, so new times are worth recording. Not those that
   * would have to be read again all the same: their times are as recorded, and still to come by the filesystem's clock.
   */
  | { readonly state: 'intact'; readonly refreshed: number }
  | {
      readonly state: 'damaged'
      readonly missing: readonly string[]
      readonly edited: readonly string[]
      /** Counts; the lists are cut at a few hundred names. */
      readonly missingCount: number
      readonly editedCount: number
      /** Of all of these, as recorded. */
      readonly bytes: number
    }
  /** Every file is as its manifest says, but lies below the place that the target had under another name (or there already). */
  | { readonly state: 'elsewhere'; readonly at: string }
  /** The manifest cannot be read. */
  | { readonly state: 'unrecorded' }
  /** A file outside the root that the task reads is another one than last time. */
  | { readonly state: 'reads-changed'; readonly path: string }
  /** Nobody looked: an artifact that does not last, or a task that only checks. */
  | { readonly state: 'not-looked' }

/** Why a task is not fresh, with evidence. */
export type Reason =
  | { readonly code: 'never-built' }
  | { readonly code: 'interrupted' }
  | { readonly code: 'forced' }
  | { readonly code: 'kind-changed'; readonly was: number; readonly now: number }
  | { readonly code: 'definition-changed'; readonly changes: readonly Change[] }
  | { readonly code: 'input-changed'; readonly input: TaskId; readonly was: string; readonly now: string }
  | { readonly code: 'input-added' | 'input-removed'; readonly input: TaskId }
  | { readonly code: 'file-changed'; readonly path: string }
  | {
      readonly code: 'output-damaged'
      readonly missing: readonly string[]
      readonly edited: readonly string[]
      readonly missingCount: number
      readonly editedCount: number
      /** Of all of these, as recorded. */
      readonly bytes: number
    }
  | { readonly code: 'record-unreadable' }
  /** Its result lies where another name of the target had it. */
  | { readonly code: 'moved'; readonly from: string }
  /** Its result is not on disk any more, and `by` reads it. */
  | { readonly code: 'needed'; readonly by: TaskId }

export type Verdict =
  | { readonly state: 'fresh' }
  | { readonly state: 'stale'; readonly reason: Reason }
  /** Ask again when that task is done. */
  | { readonly state: 'unsettled'; readonly until: TaskId }

/** The digest that a task's artifact has, or will have; undefined while nobody can know, empty where it is not to be made. */
export type DigestOf = (task: TaskId) => string | undefined

export function judge(task: Task, memory: Memory | undefined, survey: Survey, digestOf: DigestOf): Verdict {
  if (memory === undefined || memory.state === 'forgotten') return stale({ code: 'never-built' })
  if (memory.state === 'started') return stale({ code: 'interrupted' })
  const { receipt } = memory
  // Inputs first: who hears that only the definition changed may make the new result from the old one.
  const inInputs = reasonInInputs(task, receipt, digestOf)
  const inDefinition = reasonInDefinition(task, receipt)
  const reason =
    (readsOthers(task, receipt) ? (inDefinition ?? inInputs) : (inInputs ?? inDefinition)) ??
    reasonOnDisk(survey)
  if (reason) return stale(reason)
  const until = decidersOf(task, receipt).find(input => digestOf(input) === undefined)
  return until === undefined ? { state: 'fresh' } : { state: 'unsettled', until }
}

/** It reads other things altogether by now: then the definition that says so is the better answer. */
const readsOthers = ({ kind, outline }: Task, { inputs }: Receipt): boolean =>
  !kind.reworks && inputs.every(({ task }) => !outline.takes.includes(task))

const stale = (reason: Reason): Verdict => ({ state: 'stale', reason })

function reasonInDefinition(task: Task, receipt: Receipt): Reason | undefined {
  const pins = task.gives?.pins
  const broken = pins ? brokenPins(pins, receipt) : []
  if (broken.length > 0) return { code: 'definition-changed', changes: broken }
  // A result pinned by digest is what it is, wherever it came from: a new address for the same bytes is nothing to do.
  if (pins?.sha256 !== undefined || pins?.md5 !== undefined) return undefined
  const changes = differences(receipt.fingerprint, task.outline.fingerprint)
  if (changes.length > 0) return { code: 'definition-changed', changes }
  const version = task.kind.version
  if (receipt.kindVersion !== version) return { code: 'kind-changed', was: receipt.kindVersion, now: version }
  return undefined
}

/** Pins that the recorded result does not meet, or that nobody compared with it yet. */
export function brokenPins(pins: Pins, receipt: Receipt): readonly Change[] {
  const recorded = { sha256: receipt.digest, md5: receipt.remarks['md5'], size: receipt.bytes }
  const wanted = { sha256: pins.sha256, md5: pins.md5, size: pins.bytes }
  return (['sha256', 'md5', 'size'] as const)
    .filter(name => wanted[name] !== undefined && wanted[name] !== recorded[name])
    .map(name => ({
      ingredient: name,
      was: recorded[name],
      now: wanted[name],
      ...(pins.place && { place: pins.place }),
    }))
}

/**
 * What is recorded of each of these inputs. One is known again by its task, or else by its rank among those that are not: a new
 * address for the same bytes changes nothing.
 */
export function recordedInputs(
  { inputs }: Receipt,
  takes: readonly TaskId[],
): readonly (Receipt['inputs'][number] | undefined)[] {
  if (takes.every((input, i) => inputs[i]?.task === input)) return inputs
  const byTask = new Map(inputs.map(input => [input.task, input]))
  const others = inputs.filter(({ task }) => !takes.includes(task)).values()
  return takes.map(input => byTask.get(input) ?? others.next().value)
}

/** What it takes, and of what it sees all that a record depends on. */
function decidersOf({ outline: { takes, sees } }: Task, { inputs, remarks }: Receipt): readonly TaskId[] {
  if (sees === undefined) return takes
  const recorded = new Set(inputs.map(input => input.task))
  return [...takes, ...sees.filter(task => recorded.has(task) || remarks[sawMark] === undefined)]
}

/** Where it is called otherwise, it lies elsewhere: that matters to who looks for files. */
const byTask = ({ inputs }: Receipt, takes: readonly TaskId[]): ReturnType<typeof recordedInputs> => {
  const recorded = new Map(inputs.map(input => [input.task, input]))
  return takes.map(task => recorded.get(task))
}

function reasonInInputs(task: Task, receipt: Receipt, digestOf: DigestOf): Reason | undefined {
  const takes = decidersOf(task, receipt)
  const inputs = task.outline.sees ? byTask(receipt, takes) : recordedInputs(receipt, takes)
  for (const [i, input] of takes.entries()) {
    const recorded = inputs[i]
    if (recorded === undefined) return { code: 'input-added', input }
    const now = digestOf(input)
    if (now !== undefined && now !== recorded.digest)
      return { code: 'input-changed', input, was: recorded.digest, now }
  }
  const gone = receipt.inputs[takes.length]
  return gone === undefined ? undefined : { code: 'input-removed', input: gone.task }
}

function reasonOnDisk(survey: Survey): Reason | undefined {
  switch (survey.state) {
    case 'intact':
    case 'not-looked':
      return undefined
    case 'reads-changed':
      return { code: 'file-changed', path: survey.path }
    case 'unrecorded':
      return { code: 'record-unreadable' }
    case 'elsewhere':
      return { code: 'moved', from: survey.at }
    case 'damaged': {
      const { state: _, ...damage } = survey
      return { code: 'output-damaged', ...damage }
    }
  }
}

/** What changed between two fingerprints, in the order of the new one, then what is gone. */
export function differences(was: Fingerprint, now: Fingerprint): readonly Change[] {
  if (
    was.length === now.length &&
    now.every(({ name, value }, i) => was[i]?.name === name && was[i].value === value)
  )
    return []
  const before = new Map(was.map(ingredient => [ingredient.name, ingredient.value]))
  const changes: Change[] = []
  for (const { name, value, place } of now) {
    if (before.get(name) !== value)
      changes.push({ ingredient: name, was: before.get(name), now: value, ...(place && { place }) })
    before.delete(name)
  }
  for (const [name, value] of before) changes.push({ ingredient: name, was: value, now: undefined })
  return changes
}
