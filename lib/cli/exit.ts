/** Codes of problems that end a command → its exit code. */

import { type Code, misreadCodes, refusedCodes } from '../model/codes.ts'

export const exitCodes = { done: 0, failed: 1, misread: 2, refused: 3, interrupted: 130 } as const

export function exitCodeOf(code: Code): number {
  if (isOneOf(misreadCodes, code)) return exitCodes.misread
  if (isOneOf(refusedCodes, code)) return exitCodes.refused
  return code === 'interrupted' ? exitCodes.interrupted : exitCodes.failed
}

const isOneOf = (group: readonly Code[], code: Code): boolean => group.includes(code)
