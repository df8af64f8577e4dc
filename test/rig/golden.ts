/** Whole texts of messages, kept in files. `UPDATE_GOLDENS=1` rewrites them. */

import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type Diagnostic, Problem } from '../../lib/model/problem.ts'
import { drawDiagnostic } from '../../lib/report/draw.ts'

/** Holds what a user would read against `test/goldens/<name>.txt`. */
export function expectGolden(name: string, told: Problem | readonly Diagnostic[]): void {
  const diagnostics = told instanceof Problem ? told.diagnostics : told
  const text = `${diagnostics.map(diagnostic => drawDiagnostic(diagnostic)).join('\n\n')}\n`
  const file = new URL(`../goldens/${name}.txt`, import.meta.url)
  if (process.env['UPDATE_GOLDENS']) writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
}

/** The Problem that the work fails with; anything else it does is a failure of the test. */
export async function problemOf(work: () => Promise<unknown>): Promise<Problem> {
  const outcome = await work().then(
    () => 'it succeeded',
    (error: unknown) => error,
  )
  if (outcome instanceof Problem) return outcome
  throw new Error('expected a Problem', { cause: outcome })
}

/** The same of what is done at once. */
export function problemIn(act: () => unknown): Problem {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('expected a Problem')
}
