/** What is told of tasks that fail at once, for one cause. */

import { expect, test } from 'vitest'
import type { RunEvent } from '../../lib/model/event.ts'
import { Problem } from '../../lib/model/problem.ts'
import { Started } from '../../lib/run/started.ts'
import { fakeTask } from './fakes.ts'

const full = (message: string): Problem => new Problem({ code: 'disk-full', message })

test('a full disk is told once, and of each task that it ended that it failed', () => {
  const events: RunEvent[] = []
  const started = new Started(event => void events.push(event))
  started.fail(fakeTask({ id: 'unzip:a' }), full('Full, a.'))
  started.fail(fakeTask({ id: 'unzip:b' }), full('Full, b.'))
  started.fail(fakeTask({ id: 'unzip:c' }), new Problem({ code: 'corrupt-zip', message: 'Torn.' }))
  started.tell(full('Full, the run.').diagnostics)
  expect(
    events.map(event =>
      event.event === 'diagnostic'
        ? event.diagnostic.message
        : event.event === 'task-failed'
          ? `${event.task} ${event.code} ${event.message}`
          : event.event,
    ),
  ).toEqual([
    'Full, a.',
    'unzip:a disk-full Full, a.',
    'unzip:b disk-full Full, b.',
    'Torn.',
    'unzip:c corrupt-zip Torn.',
  ])
})
