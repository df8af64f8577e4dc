/** Has command lines carried out in a child process that may be killed at any call to the disk. Knows no playground. */

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Summary } from '../../lib/model/event.ts'
import type { Fault } from '../rig/faults.ts'

export interface Order {
  readonly argv: readonly string[]
  /** Absolute folder whose changes are counted. */
  readonly folder: string
  readonly fault?: Fault
  /** Files are fetched in larger pieces, and archives given back while they are unpacked. */
  readonly isLarge?: boolean
}

export interface Answer {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** The calls that changed something below the folder, in order. */
  readonly calls: readonly string[]
  readonly struck: boolean
}

export interface Event {
  readonly event: string
  readonly code?: string
  readonly [key: string]: unknown
}

export interface Outcome extends Answer {
  readonly killed: boolean
  /** What `--json` told. */
  readonly events: readonly Event[]
  /** The last of them; of a process that was killed, nothing. */
  readonly summary: Partial<Summary>
}

const driver = fileURLToPath(new URL('driver.ts', import.meta.url))

const start = (): ChildProcess =>
  fork(driver, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })

export class Builder {
  #child = start()
  /** Started at the first kill, to take over at the next. */
  #spare: ChildProcess | undefined

  async run(order: Order): Promise<Outcome> {
    const answer = await answerTo(this.#child, order)
    if (answer !== 'killed') return { ...answer, killed: false, ...told(answer.stdout) }
    this.#child = this.#spare ?? start()
    this.#spare = start()
    return { ...silence, killed: true, events: [], summary: {} }
  }

  close(): void {
    for (const child of [this.#child, this.#spare]) if (child?.connected) child.disconnect()
  }
}

const silence: Answer = { exitCode: 137, stdout: '', stderr: '', calls: [], struck: true }

function answerTo(child: ChildProcess, order: Order): Promise<Answer | 'killed'> {
  return new Promise((resolve, reject) => {
    const answered = (answer: unknown): void => {
      child.off('exit', ended)
      resolve(answer as Answer)
    }
    const ended = (exitCode: number | null, signal: string | null): void => {
      child.off('message', answered)
      if (signal === 'SIGKILL') resolve('killed')
      else reject(new Error(`the child process ended by itself: ${exitCode ?? signal}`))
    }
    child.once('message', answered)
    child.once('exit', ended)
    child.send(order)
  })
}

function told(stdout: string): Pick<Outcome, 'events' | 'summary'> {
  const lines = stdout.split('\n').filter(line => line.startsWith('{'))
  const events = lines.map(line => JSON.parse(line) as Event)
  return { events, summary: (events.findLast(({ event }) => event === 'summary') ?? {}) as Partial<Summary> }
}
