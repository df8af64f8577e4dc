/** The records of a file, looked for by a thread while who asked works with those before. Knows no JSON. */

import { basename } from 'node:path'
import { errorOf } from '../failure.ts'
import { startWorker } from '../worker.ts'
import type { Batch } from './batch.ts'
import type { JsonReading, JsonSummary } from './reading.ts'
import { Emptying, newSlots } from './slots.ts'
import type { ReadingAnswer, ReadingOrder } from './worker.ts'

/** As `recordsHere` gives them. The thread ends with it, also where nobody asks for the rest. */
export async function* recordsAhead(
  path: string,
  { onBytes, name = basename(path) }: JsonReading = {},
): AsyncGenerator<Batch, JsonSummary> {
  const memory = newSlots()
  const slots = new Emptying(memory)
  const answers: (ReadingAnswer | Error)[] = []
  let wake = (): void => {}
  const hear = (answer: ReadingAnswer | Error): void => {
    answers.push(answer)
    wake()
  }
  const worker = startWorker<ReadingAnswer>(new URL('./worker.ts', import.meta.url), { hear, end: hear })
  worker.ref()
  worker.postMessage({ path, name, memory } satisfies ReadingOrder)
  try {
    for (;;) {
      const answer = answers.shift()
      if (answer === undefined) await new Promise<void>(resolve => (wake = resolve))
      else if (answer instanceof Error) throw answer
      else if (answer.is === 'under-way') onBytes?.(answer.read)
      else if (answer.is === 'failed') throw errorOf(answer.failed)
      else if (answer.is === 'done') return answer.summary
      else {
        yield slots.take(answer.filled)
        slots.done()
      }
    }
  } finally {
    await worker.terminate()
  }
}
