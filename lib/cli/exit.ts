/** Codes of problems that end a command → its exit code. */

import type { Code } from '../model/codes.ts'

export const exitCodes = { done: 0, failed: 1, misread: 2, refused: 3, interrupted: 130 } as const

const misread: ReadonlySet<Code> = new Set<Code>([
  'spec-not-found',
  'yaml-syntax',
  'unknown-key',
  'missing-key',
  'wrong-type',
  'bad-value',
  'bad-address',
  'duplicate-key',
  'unknown-name',
  'reserved-name',
  'group-cycle',
  'task-cycle',
  'path-outside-root',
  'target-clash',
  'bad-usage',
  'unknown-target',
  'not-yet',
])

const refused: ReadonlySet<Code> = new Set<Code>([
  'no-room',
  'read-only-root',
  'lock-held',
  'state-too-new',
  'symlink-outside-root',
])

export function exitCodeOf(code: Code): number {
  if (misread.has(code)) return exitCodes.misread
  if (refused.has(code)) return exitCodes.refused
  return code === 'interrupted' ? exitCodes.interrupted : exitCodes.failed
}
