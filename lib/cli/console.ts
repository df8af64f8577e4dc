/** Where a verb's words go: results to stdout, progress and problems to stderr, or all as events with `--json`. */

import { stderr, stdout } from 'node:process'
import type { Report, RunEvent, Summary } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { drawDiagnostic } from '../report/draw.ts'
import { eventLine, line, planLine } from '../report/json.ts'
import { ProgressLine } from '../report/live.ts'
import { type PlainOptions, textOf } from '../report/plain.ts'
import { planPage } from '../report/plan.ts'
import type { Options } from './arguments.ts'

const now = (): string => new Date().toISOString()

export class Console {
  readonly json: boolean
  readonly #plain: PlainOptions
  #progress: ProgressLine | undefined
  readonly #toldAt = new Map<string, number>()

  constructor({ json, quiet }: Pick<Options, 'json' | 'quiet'>) {
    this.json = json
    this.#plain = { color: usesColor(), width: Math.min(100, stderr.columns ?? 100), quiet }
  }

  /** Starts the progress line, where a person looks on. Without steps files are read only. */
  watch(steps: number): void {
    this.#progress?.clear()
    if (this.json || this.#plain.quiet || !stderr.isTTY) return
    this.#progress = new ProgressLine({
      write: text => void stderr.write(text),
      width: () => stderr.columns ?? 80,
      now: () => performance.now(),
      steps,
    })
  }

  readonly report: Report = (event: RunEvent): void => {
    if (this.json) return this.#isWorthALine(event) ? void stdout.write(eventLine(event, now())) : undefined
    const text = textOf(event, this.#plain)
    if (text !== undefined && this.#progress) this.#progress.above(text)
    else if (text !== undefined) stderr.write(`${text}\n`)
    this.#progress?.take(event)
  }

  /** Progress is told to programs twice a second for each task, and at its end. */
  #isWorthALine(event: RunEvent): boolean {
    if (!(event.event === 'task-progress' || event.event === 'reading') || event.done === event.total)
      return true
    const of = event.event === 'reading' ? '' : event.task
    const at = performance.now()
    if (at - (this.#toldAt.get(of) ?? Number.NEGATIVE_INFINITY) < 500) return false
    this.#toldAt.set(of, at)
    return true
  }

  /** The result of a verb, for people. Ends with a line feed. */
  result(text: string): void {
    this.#progress?.clear()
    if (!this.json) stdout.write(text)
  }

  /** The result of a verb, for programs. */
  object(object: { readonly event: string; readonly [key: string]: unknown }): void {
    if (this.json) stdout.write(line(object, now()))
  }

  plan(plan: Plan, freeDisk: number): void {
    stdout.write(this.json ? planLine(plan, freeDisk, now()) : planPage(plan, freeDisk))
  }

  problem(problem: Problem): void {
    this.#progress?.clear()
    for (const diagnostic of problem.diagnostics) {
      if (this.json) stdout.write(eventLine({ event: 'diagnostic', diagnostic }, now()))
      else stderr.write(`${drawDiagnostic(diagnostic, this.#plain)}\n`)
    }
  }

  /** The last line of every run with `--json`. */
  summary(summary: Partial<Summary> & { readonly exitCode: number }): number {
    this.#progress?.clear()
    if (this.json) stdout.write(eventLine({ event: 'summary', ...nothing, ...summary }, now()))
    return summary.exitCode
  }
}

const nothing: Summary = {
  ran: 0,
  fresh: 0,
  repaired: 0,
  failed: 0,
  skipped: 0,
  bytesDownloaded: 0,
  bytesWritten: 0,
  filesWritten: 0,
  requests: 0,
  seconds: 0,
  exitCode: 0,
}

/** https://no-color.org, and FORCE_COLOR as Node understands it. */
const usesColor = (): boolean =>
  process.env['NO_COLOR'] ? false : process.env['FORCE_COLOR'] ? true : stderr.isTTY
