/** `build [TARGET…]`: makes what the spec describes; with --dry-run says what that would be. */

import type { Seen } from '../survey.ts'
import type { Desk } from './desk.ts'
import { idleTasks, nothingToDo } from './idle.ts'

export async function build(desk: Desk): Promise<number> {
  const began = performance.now()
  const seen: Seen = new Map()
  const idle = await idleTasks(desk, seen)
  if (idle !== undefined) return nothingToDo(desk, idle, began)
  return (await import('./make.ts')).make(desk, began, seen)
}
