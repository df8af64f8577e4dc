/** What every verb gets: what was typed, the kinds of task there are, and where to speak. */

import type { TaskKind } from '../model/task.ts'
import type { Command } from './arguments.ts'
import type { Console } from './console.ts'

export interface Desk {
  readonly command: Command
  readonly kinds: readonly TaskKind[]
  readonly console: Console
}

/** The same desk, but no file is believed to be as recorded before somebody looked at it. */
export function looking(desk: Desk): Desk {
  const { options } = desk.command
  if (options.check !== 'record') return desk
  return { ...desk, command: { ...desk.command, options: { ...options, check: 'tree' } } }
}
