/** Tasks, reasons and plans in words for people. Pure; knows no terminal. */

import { partialMark } from '../model/annotation.ts'
import { fewOf } from '../model/few.ts'
import type { Change } from '../model/fingerprint.ts'
import { unknownDigest } from '../model/manifest.ts'
import type { Task } from '../model/task.ts'
import { plural, shortDigest } from '../model/units.ts'
import type { Reason, Survey, Verdict } from '../model/verdict.ts'

/** `unzip coco/train2017` */
export const nameOf = (task: string): string => task.replace(':', ' ').replace(/@[0-9a-f]{8}(?=$|\+)/, '')

/** As `nameOf`; a download tells whom it is for, because many archives are called images.zip. */
export const labelOf = ({
  task,
  kind,
  target,
}: {
  readonly task: string
  readonly kind: string
  readonly target: string
}): string => (kind === 'download' || kind === 'manual' ? `${nameOf(task)} → ${target}` : nameOf(task))

/** `stale: sha256 changed: 9f2c… → 4b17…` */
export function wordsOf(verdict: Verdict): string {
  switch (verdict.state) {
    case 'fresh':
      return 'fresh'
    case 'stale':
      return `stale: ${because(verdict.reason)}`
    case 'unsettled':
      return `unsettled: asked again after ${nameOf(verdict.until)}`
  }
}

/** Why a task is not fresh, in half a sentence with its evidence. */
export function because(reason: Reason): string {
  switch (reason.code) {
    case 'never-built':
      return 'never built'
    case 'interrupted':
      return 'a build ended while it was being placed'
    case 'forced':
      return 'asked for with --force'
    case 'kind-changed':
      return `Groundwork makes it otherwise now (version ${reason.was} → ${reason.now})`
    case 'definition-changed':
      return changesInWords(reason.changes)
    case 'input-changed':
      if (reason.was === '') return `${nameOf(reason.input)} has been built since`
      if (reason.now === '') return `${nameOf(reason.input)} is not built any more`
      return reason.was === unknownDigest
        ? `${nameOf(reason.input)} was not here before: ${shortDigest(reason.now)}`
        : `${nameOf(reason.input)} gives other bytes: ${shortDigest(reason.was)} → ${shortDigest(reason.now)}`
    case 'input-added':
      return `takes ${nameOf(reason.input)} now`
    case 'input-removed':
      return `does not take ${nameOf(reason.input)} any more`
    case 'file-changed':
      return `${reason.path} changed`
    case 'output-damaged':
      return damage(reason)
    case 'record-unreadable':
      return 'its record cannot be read'
    case 'moved':
      return `lies in ${reason.from}: moved, not made again`
    case 'needed':
      return `needed again by ${nameOf(reason.by)}`
  }
}

/** What is wrong with files that are not intact. */
export const damageInWords = (survey: Survey): string =>
  survey.state === 'damaged' ? damage(survey) : because({ code: 'record-unreadable' })

function damage(found: Omit<Survey & { state: 'damaged' }, 'state'>): string {
  const { missing, edited, missingCount, editedCount } = found
  return [named(missing, missingCount, 'missing'), named(edited, editedCount, 'edited')]
    .filter(Boolean)
    .join('; ')
}

/** `2 files missing (a.jpg, b.jpg)` */
function named(paths: readonly string[], count: number, what: string): string {
  if (count === 0) return ''
  return `${plural(count, 'file')} ${what} (${fewOf(paths, 3, count)})`
}

/** Whether all files are wanted or some says more than what comes and goes with it. */
function changesInWords(changes: readonly Change[]): string {
  const part = changes.find(({ ingredient }) => ingredient === partialMark)
  if (part === undefined) return changes.map(changed).join('; ')
  const words =
    part.now === undefined
      ? 'built with --only-needed, and all of its files are wanted'
      : part.was === undefined
        ? 'built in full, and only what annotations refer to is wanted (--only-needed)'
        : `other annotations say what is needed: images below ${part.was} → ${part.now}`
  const others = changes.filter(
    ({ was, now, place }) => place !== undefined || (was !== undefined && now !== undefined),
  )
  return [words, ...others.filter(change => change !== part).map(changed)].join('; ')
}

/** `sha256 changed: 9f2c… → 4b17… (datasets.yaml:31:15)` */
function changed({ ingredient, was, now, place }: Change): string {
  const from = place ? ` (${place.file}:${place.line}:${place.column})` : ''
  if (was === undefined || was === null) return `${ingredient} added: ${value(now)}${from}`
  if (now === undefined || now === null) return `${ingredient} removed: was ${value(was)}${from}`
  return `${ingredient} changed: ${value(was)} → ${value(now)}${from}`
}

const value = (of: Change['was']): string =>
  typeof of === 'string' && /^[0-9a-f]{32,}$/.test(of) ? shortDigest(of) : String(of)

/** What a task gives, for tables: `coco/train2017/`, `llava/x.json`. */
export const artifactOf = ({ gives, target }: Task): string =>
  gives === undefined ? target : gives.form === 'tree' ? `${gives.at}/` : gives.at
