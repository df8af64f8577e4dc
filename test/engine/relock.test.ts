/** What becomes of an entry of the lock file when its host is asked again. */

import { expect, test } from 'vitest'
import type { Found, LockEntry } from '../../lib/model/lock-file.ts'
import { relock } from '../../lib/model/relock.ts'

const then = '2026-01-02T03:04:05.000Z'
const now = '2026-02-02T03:04:05.000Z'
const host = { from: 'host' }
const [one, two] = ['1'.repeat(64), '2'.repeat(64)]

interface Story {
  readonly old?: Omit<LockEntry, 'locked'>
  readonly found: Found
  readonly built?: Found
  readonly gives: Found
  readonly state: 'new' | 'changed' | 'unchanged' | 'replaced'
}

const stories: Readonly<Record<string, Story>> = {
  'a first answer': { found: { ...host, size: 3 }, gives: { ...host, size: 3 }, state: 'new' },
  'the record knows the digest of what the host shows': {
    found: { ...host, size: 3, etag: '"a"' },
    built: { ...host, size: 3, etag: '"a"', sha256: one },
    gives: { ...host, size: 3, etag: '"a"', sha256: one },
    state: 'new',
  },
  'validators that no text file should hold': {
    found: { ...host, size: 3, etag: '"\u009b2J"', modified: '' },
    gives: { ...host, size: 3 },
    state: 'new',
  },
  'the host has another ETag than the record': {
    found: { ...host, size: 3, etag: '"b"' },
    built: { ...host, size: 3, etag: '"a"', sha256: one },
    gives: { ...host, size: 3, etag: '"b"' },
    state: 'new',
  },
  'without a size the record proves nothing': {
    found: host,
    built: { ...host, size: 3, sha256: one },
    gives: host,
    state: 'new',
  },
  'an ETag of a mirror is not compared with that of another host': {
    found: { ...host, size: 3, etag: '"b"' },
    built: { from: 'mirror', size: 3, etag: '"a"', sha256: one },
    gives: { ...host, size: 3, etag: '"b"', sha256: one },
    state: 'new',
  },
  'what the host tells goes before the record': {
    found: { ...host, size: 3, sha256: two },
    built: { ...host, size: 3, sha256: one },
    gives: { ...host, size: 3, sha256: two },
    state: 'new',
  },
  'the same answer': {
    old: { ...host, size: 3, etag: '"a"', sha256: one },
    found: { ...host, size: 3, etag: '"a"' },
    gives: { ...host, size: 3, etag: '"a"', sha256: one },
    state: 'unchanged',
  },
  'a learnt ETag that HEAD does not show': {
    old: { ...host, size: 3, etag: '"cdn"', sha256: one },
    found: { ...host, size: 3, sha256: one },
    gives: { ...host, size: 3, etag: '"cdn"', sha256: one },
    state: 'unchanged',
  },
  'a mirror that answers this time': {
    old: { ...host, size: 3, etag: '"a"', sha256: one },
    found: { from: 'mirror', size: 3, etag: '"m"' },
    gives: { ...host, size: 3, etag: '"a"', sha256: one },
    state: 'unchanged',
  },
  'a digest that was not known': {
    old: { ...host, size: 3, etag: '"a"' },
    found: { ...host, size: 3, etag: '"a"', sha256: one },
    gives: { ...host, size: 3, etag: '"a"', sha256: one },
    state: 'changed',
  },
  'another ETag: the digest of before holds no more': {
    old: { ...host, size: 3, etag: '"a"', sha256: one },
    found: { ...host, size: 3, etag: '"b"' },
    gives: { ...host, size: 3, etag: '"b"' },
    state: 'replaced',
  },
  'another date': {
    old: { ...host, size: 3, modified: 'yesterday', sha256: one },
    found: { ...host, size: 3, modified: 'today' },
    gives: { ...host, size: 3, modified: 'today' },
    state: 'replaced',
  },
  'another size': {
    old: { ...host, size: 1, md5: 'a'.repeat(32) },
    found: { ...host, size: 2 },
    gives: { ...host, size: 2 },
    state: 'replaced',
  },
  'a branch that moved on without touching the file': {
    old: { ...host, size: 3, sha256: one, revision: 'a' },
    found: { ...host, size: 3, sha256: one, revision: 'b' },
    gives: { ...host, size: 3, sha256: one, revision: 'b' },
    state: 'changed',
  },
}

test.each(Object.entries(stories))('%s', (_, { old, found, built, gives, state }) => {
  const before = old && { ...old, locked: then }
  const { isReplaced, ...relocked } = relock(before, found, built, now)
  expect(relocked.entry).toEqual({ ...gives, locked: state === 'unchanged' ? then : now })
  expect(isReplaced ? 'replaced' : relocked.state).toBe(state)
  expect(relocked.differences.length > 0).toBe(state === 'changed' || state === 'replaced')
})
