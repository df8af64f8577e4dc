/**
 * The progress line at the bottom of a terminal: how many steps are done, how fast bytes come, what is running.
 * Knows no step but from events; everything else that is printed goes through `above`.
 */

import type { RunEvent } from '../model/event.ts'
import { formatBytes, formatCount } from '../model/units.ts'
import { columns } from './text.ts'
import { nameOf } from './words.ts'

interface Running {
  done: number
  total: number | undefined
  unit: 'bytes' | 'files'
}

/** Redrawn at most so often. */
const everyMs = 100
/** The rate is that of the last seconds. */
const windowMs = 3000

export class ProgressLine {
  readonly #write: (text: string) => void
  readonly #width: () => number
  readonly #now: () => number
  readonly #steps: number
  readonly #running = new Map<string, Running>()
  readonly #samples: { at: number; bytes: number; files: number }[] = []
  #finished = 0
  #reading: { readonly done: number; readonly total: number } | undefined
  #received = 0
  #files = 0
  #drawnAt = Number.NEGATIVE_INFINITY
  #shown = false

  constructor(options: {
    readonly write: (text: string) => void
    readonly width: () => number
    readonly now: () => number
    readonly steps: number
  }) {
    this.#write = options.write
    this.#width = options.width
    this.#now = options.now
    this.#steps = options.steps
  }

  take(event: RunEvent): void {
    switch (event.event) {
      case 'task-started':
        this.#running.set(event.task, { done: 0, total: undefined, unit: 'bytes' })
        break
      case 'task-progress': {
        const before = this.#running.get(event.task)
        const more = Math.max(0, event.done - (before?.done ?? 0))
        if (event.kind === 'download') this.#received += more
        if (event.unit === 'files') this.#files += more
        if (event.total !== undefined && event.done >= event.total) this.#running.delete(event.task)
        else this.#running.set(event.task, { done: event.done, total: event.total, unit: event.unit })
        break
      }
      case 'task-finished':
      case 'task-failed':
      case 'task-stopped':
        this.#running.delete(event.task)
        this.#finished += 1
        // Drawn at once: nothing else may happen for long.
        this.#drawnAt = Number.NEGATIVE_INFINITY
        break
      case 'reading':
        this.#received += Math.max(0, event.done - (this.#reading?.done ?? 0))
        this.#reading = event.done < event.total ? event : undefined
        if (this.#reading === undefined) return this.clear()
        break
      case 'diagnostic':
      case 'summary':
        return
    }
    this.#draw()
  }

  /** Prints lines above the progress line. */
  above(text: string): void {
    this.clear()
    this.#write(`${text}\n`)
    this.#drawnAt = Number.NEGATIVE_INFINITY
    this.#draw()
  }

  clear(): void {
    if (this.#shown) this.#write('\r\x1b[K')
    this.#shown = false
  }

  #draw(): void {
    const now = this.#now()
    const isIdle = this.#running.size === 0 && this.#reading === undefined
    if (now - this.#drawnAt < everyMs || isIdle) return
    this.#drawnAt = now
    this.#write(`\r\x1b[K${fitted(this.#text(now), this.#width() - 1)}`)
    this.#shown = true
  }

  #text(now: number): string {
    const { bytes, files } = this.#rates(now)
    const tasks = [...this.#running].map(
      ([task, { done, total, unit }]) => `${nameOf(task)}${share(done, total, unit)}`,
    )
    const read = this.#reading
    const head = read
      ? `Reading${share(read.done, read.total, 'bytes')} of ${formatBytes(read.total)}`
      : `[${this.#finished}/${Math.max(this.#steps, this.#finished + this.#running.size)}]`
    const rates = [
      bytes > 0 ? `${formatBytes(bytes)}/s` : '',
      files > 0 ? `${formatCount(Math.round(files))} files/s` : '',
    ]
    return [head, ...rates, tasks.join(' · ')].filter(part => part !== '').join(' ')
  }

  /** A second. */
  #rates(now: number): { readonly bytes: number; readonly files: number } {
    this.#samples.push({ at: now, bytes: this.#received, files: this.#files })
    while ((this.#samples[0]?.at ?? now) < now - windowMs) this.#samples.shift()
    const first = this.#samples[0]
    if (first === undefined || now <= first.at) return { bytes: 0, files: 0 }
    const seconds = (now - first.at) / 1000
    return { bytes: (this.#received - first.bytes) / seconds, files: (this.#files - first.files) / seconds }
  }
}

function share(done: number, total: number | undefined, unit: 'bytes' | 'files'): string {
  if (done === 0) return ''
  if (total !== undefined && total > 0) return ` ${Math.floor((100 * done) / total)} %`
  return unit === 'bytes' ? ` ${formatBytes(done)}` : ` ${formatCount(done)}`
}

/** Cut to a number of columns, with an ellipsis. */
function fitted(text: string, width: number): string {
  if (columns(text) <= width) return text
  let cut = ''
  for (const character of text) {
    if (columns(cut + character) > width - 1) break
    cut += character
  }
  return `${cut}…`
}
