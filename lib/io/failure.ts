/** Takes an error apart, so that it can cross into another thread, and puts it together there. */

import { type Diagnostic, Problem } from '../model/problem.ts'
import { errorCode } from './disk.ts'

/** An error that crosses from one thread into another. */
export type Failure =
  | { readonly form: 'problem'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly form: 'error'; readonly message: string; readonly code?: string; readonly stack?: string }

export function failureOf(error: unknown): Failure {
  if (error instanceof Problem) return { form: 'problem', diagnostics: error.diagnostics }
  if (!(error instanceof Error)) return { form: 'error', message: String(error) }
  const code = errorCode(error)
  return {
    form: 'error',
    message: error.message,
    ...(code !== undefined && { code }),
    ...(error.stack !== undefined && { stack: error.stack }),
  }
}

export function errorOf(failure: Failure): Error {
  if (failure.form === 'problem') {
    const [first, ...others] = failure.diagnostics
    return new Problem(first as Diagnostic, ...others)
  }
  const { message, code, stack } = failure
  return Object.assign(new Error(message), code !== undefined && { code }, stack !== undefined && { stack })
}
