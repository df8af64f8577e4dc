/** `build [TARGET…]`: makes what the spec describes; with --dry-run says what that would be. */

import type { Seen } from '../survey.ts'
import type { Desk } from './desk.ts'
import { idleTasks, nothingToDo } from './idle.ts'
import { onInterruptedLook } from './interrupt.ts'

export async function build(desk: Desk): Promise<number> {
  const began = performance.now()
  const seen: Seen = new Map()
  const looking = onInterruptedLook()
  try {
    const idle = await idleTasks(desk, seen, looking.signal)
    if (idle !== undefined) return nothingToDo(desk, idle, { began, seen })
    return await (await import('./make.ts')).make(desk, { began, seen, looking })
  } finally {
    looking.release()
  }
}
