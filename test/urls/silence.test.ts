/** When a host that cannot be reached is left alone, and when it is asked again: without a clock. */

import { expect, test } from 'vitest'
import { Silence } from '../../tasks/urls/silence.ts'

test('a short outage is none; a long one is asked about once a minute; an answer ends it', () => {
  let now = 0
  const silence = new Silence(() => now)
  for (let i = 0; i < 200; i += 1) silence.unanswered('gone.example')
  expect(silence.isSilent('gone.example')).toBe(false)
  now = 59_000
  expect(silence.isSilent('gone.example')).toBe(false)
  now = 60_000
  // One goes and looks, the others do not.
  expect([silence.isSilent('gone.example'), silence.isSilent('gone.example')]).toEqual([false, true])
  silence.unanswered('gone.example')
  now = 119_000
  expect(silence.isSilent('gone.example')).toBe(true)
  now = 120_000
  expect(silence.isSilent('gone.example')).toBe(false)
  silence.answered('gone.example')
  expect(silence.isSilent('gone.example')).toBe(false)
})

test('a few addresses say nothing of their host', () => {
  let now = 0
  const silence = new Silence(() => now)
  for (let i = 0; i < 15; i += 1) silence.unanswered('gone.example')
  now = 1e6
  expect([silence.isSilent('gone.example'), silence.isSilent('other.example')]).toEqual([false, false])
})
