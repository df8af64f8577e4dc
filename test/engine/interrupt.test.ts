/** Ctrl-C once, Ctrl-C twice, and the signals given back to Node. */

import { expect, onTestFinished, test, vi } from 'vitest'
import { onInterrupt } from '../../lib/cli/interrupt.ts'
import type { RunEvent } from '../../lib/model/event.ts'

test('the first signal ends cleanly, the second at once', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(code => {
    throw new Error(`exit ${code}`)
  })
  onTestFinished(() => exit.mockRestore())
  const before = process.listenerCount('SIGINT')
  const events: RunEvent[] = []
  const interrupt = onInterrupt(event => events.push(event))
  expect(interrupt.signal.aborted).toBe(false)
  process.emit('SIGINT')
  expect(interrupt.signal.aborted).toBe(true)
  expect(() => process.emit('SIGTERM')).toThrow('exit 130')
  expect(events).toHaveLength(1)
  interrupt.release()
  expect(process.listenerCount('SIGINT')).toBe(before)
})
