/** The version of the state folder, so that an older Groundwork never misreads what a newer one wrote. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, writeWhole } from '../io/disk.ts'
import { Problem } from '../model/problem.ts'

const format = 1

/** Throws `state-too-new`. Anything that is not the number of a newer format is left to `ensureFormat`. */
export function refuseNewerFormat(stateFolder: string): void {
  const found = Number(formatText(stateFolder))
  if (!(found > format)) return
  throw new Problem({
    code: 'state-too-new',
    message: 'A newer Groundwork built this playground; this one cannot read its records.',
    evidence: [
      { label: 'wanted', text: `state format ${format}` },
      { label: 'found', text: `state format ${found}`, from: '.groundwork/format' },
    ],
    disk: 'Nothing was changed.',
    next: 'update Groundwork, or remove .groundwork: the next build adopts what is on disk.',
  })
}

export function ensureFormat(stateFolder: string): void {
  const content = `${format}\n`
  if (formatText(stateFolder) !== content) writeWhole(join(stateFolder, 'format'), content)
}

function formatText(stateFolder: string): string | undefined {
  try {
    return readFileSync(join(stateFolder, 'format'), 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
