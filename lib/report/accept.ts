/** What stands against accepting a result, as messages. Pure. */

import { fewOf, moreRow } from '../model/few.ts'
import type { Change } from '../model/fingerprint.ts'
import { groupedBy } from '../model/grouped.ts'
import type { DiagnosticDraft, Evidence } from '../model/problem.ts'
import type { Task, TaskId } from '../model/task.ts'
import { formatBytes, plural, shortDigest } from '../model/units.ts'
import type { Reason } from '../model/verdict.ts'
import type { Accepting, Left, Obstacle } from '../plan/accept.ts'
import { subjectOf } from '../run/attempt.ts'
import { because, damageInWords, nameOf } from './words.ts'

const disk = 'Nothing was recorded, and nothing else was changed.'

/** One message for each independent mistake, in the order of the graph. */
export function refusals({ refused, left, accepted }: Accepting): readonly DiagnosticDraft[] {
  const unbuilt = unbuiltByTarget(refused)
  const drafts = refused.flatMap(({ task, obstacle }) =>
    draftOf(task, obstacle, unbuilt.get(task.target) ?? []),
  )
  if (drafts.length > 0 || accepted.length > 0) return drafts
  return left.flatMap(damagedOnly)
}

/** By target: the tasks that were never built. What does not last is only told where nothing else is. */
function unbuiltByTarget(refused: Accepting['refused']): ReadonlyMap<string, readonly TaskId[]> {
  const unbuilt = refused.filter(({ obstacle }) => obstacle.form === 'not-built').map(({ task }) => task)
  return new Map(
    [...groupedBy(unbuilt, ({ target }) => target)].map(([target, tasks]) => {
      const lasting = tasks.filter(({ gives }) => gives?.lasting)
      return [target, (lasting.length > 0 ? lasting : tasks).map(({ id }) => id)]
    }),
  )
}

function draftOf(task: Task, obstacle: Obstacle, unbuilt: readonly TaskId[]): readonly DiagnosticDraft[] {
  const about = { subject: subjectOf(task), place: task.place, disk }
  switch (obstacle.form) {
    case 'not-built':
      return unbuilt[0] === task.id ? [{ ...about, ...notBuilt(task, obstacle.reason, unbuilt) }] : []
    case 'pinned':
      return [{ ...about, ...pinned(task, obstacle.changes) }]
    case 'shared':
      return [
        {
          ...about,
          code: 'bad-usage',
          message: `${nameOf(task.id)} is shared with ${plural(obstacle.targets.length, 'target')} that ${obstacle.targets.length === 1 ? 'is' : 'are'} not named.`,
          evidence: [{ label: 'also', text: fewOf(obstacle.targets, 10) }],
          next: `name ${obstacle.targets.length === 1 ? 'it' : 'them'} as well: whoever reads it is settled by it.`,
        },
      ]
    case 'damaged':
      return [{ ...about, ...damaged(task, damageInWords(obstacle.survey)) }]
    case 'moved':
    case 'partial':
    case 'other-size':
      return [{ ...about, code: 'not-the-same', ...different(task, obstacle), ...buildIt(task) }]
  }
}

const buildIt = ({ target }: Task) => ({ next: `npx tsx build ${target} makes what the spec describes.` })

function notBuilt(task: Task, reason: Reason, unbuilt: readonly TaskId[]): DiagnosticDraft {
  const isBroken = reason.code === 'interrupted'
  return {
    code: 'not-built',
    message: isBroken
      ? 'A build ended while it was placing the result, so that nobody knows what lies there.'
      : 'There is no result to accept.',
    evidence: [
      ...unbuilt.slice(0, 5).map(id => ({
        label: isBroken ? 'unfinished' : 'never built',
        text: nameOf(id),
      })),
      ...moreRow(unbuilt.length - 5),
    ],
    next: `npx tsx build ${task.target}`,
  }
}

function pinned(task: Task, changes: readonly Change[]): DiagnosticDraft {
  const isUnknown = changes.every(({ was }) => was === undefined)
  return {
    code: 'pinned-otherwise',
    message: isUnknown
      ? `Nobody compared ${nameOf(task.id)} with what the spec pins.`
      : `${nameOf(task.id)} was made of other bytes than the spec pins.`,
    evidence: changes.flatMap(({ ingredient, was, now, place }): readonly Evidence[] => [
      { label: 'wanted', text: `${ingredient} ${short(now)}`, ...(place && { from: place }) },
      { label: 'found', text: was === undefined ? 'not recorded' : `${ingredient} ${short(was)}` },
    ]),
    next: `if the pin is right, npx tsx build ${task.target} fetches those bytes; if not, correct it.`,
  }
}

const short = (value: Change['now']): string => shortDigest(String(value))

const damaged = (task: Task, found: string): DiagnosticDraft => ({
  code: 'output-damaged',
  message: `${nameOf(task.id)} is not as it was built: only what lies there whole can be accepted.`,
  evidence: [{ label: 'found', text: found }],
  next: 'take the change of the spec back, build, and accept it then; or build as it is.',
})

function different(
  task: Task,
  obstacle: Obstacle & { readonly form: 'moved' | 'partial' | 'other-size' },
): Pick<DiagnosticDraft, 'message' | 'evidence'> {
  switch (obstacle.form) {
    case 'moved':
      return {
        message: `${nameOf(task.id)} would lie at another place now, so it is not the same.`,
        evidence: [
          { label: 'was', text: obstacle.was },
          { label: 'now', text: obstacle.now },
        ],
      }
    case 'partial':
      return obstacle.isPart
        ? {
            message: `Of ${nameOf(task.id)} only the files that annotations refer to were made.`,
            evidence: [{ label: 'wanted', text: 'all of them' }],
          }
        : {
            message: `Of ${nameOf(task.id)} all files were made, not only those that annotations refer to.`,
            evidence: [{ label: 'wanted', text: 'a part of them (--only-needed)' }],
          }
    case 'other-size':
      return {
        message: `${obstacle.path} cannot be the file that the result was made of.`,
        evidence: [
          { label: 'was', text: formatBytes(obstacle.was) },
          { label: 'now', text: formatBytes(obstacle.now) },
        ],
      }
  }
}

/** Nothing can be accepted, and something needs another cure: better said than "nothing to accept". */
function damagedOnly({ task, verdict }: Left): readonly DiagnosticDraft[] {
  if (verdict.state !== 'stale') return []
  const { reason } = verdict
  const about = { subject: subjectOf(task), place: task.place, disk }
  switch (reason.code) {
    case 'output-damaged':
    case 'record-unreadable':
      return [{ ...about, ...damaged(task, because(reason)), next: `npx tsx build ${task.target}` }]
    case 'input-changed':
    case 'file-changed':
      return [
        {
          ...about,
          code: 'not-the-same',
          message: `${nameOf(task.id)} was made of other bytes than it would be made of now.`,
          evidence: [{ label: 'found', text: because(reason) }],
          ...buildIt(task),
        },
      ]
    case 'never-built':
    case 'interrupted':
    case 'forced':
    case 'kind-changed':
    case 'definition-changed':
    case 'input-added':
    case 'input-removed':
    case 'needed':
    case 'moved':
      return []
  }
}
