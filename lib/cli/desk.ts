/** What every verb gets: what was typed, the kinds of task there are, and where to speak. */

import type { TaskKind } from '../model/task.ts'
import type { Command } from './arguments.ts'
import type { Console } from './console.ts'

export interface Desk {
  readonly command: Command
  readonly kinds: readonly TaskKind[]
  readonly console: Console
}
