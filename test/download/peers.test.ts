/** What went wrong in other tools, as stories that must not happen here. */

import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nextHop } from '../../lib/io/http.ts'
import { testBench } from '../rig/workbench.ts'
import {
  addressAt,
  content,
  fetched,
  fileName,
  interrupted,
  mirrorOf,
  paramsOf,
  type Shelf,
  sha256,
  shelfOf,
  small,
} from './rig.ts'

const body = content(400_000)
const pinned = { sha256: sha256(body) }
const path = `/${fileName}`
const drip = { does: 'drip', bytesPerSecond: 2_000_000 } as const

test('torchvision falls back from https to http: a redirect that would do so is refused', () => {
  expect(() => nextHop(new URL('https://data.example/a.zip'), 'http://data.example/a.zip', 0)).toThrow(
    'redirects from https to http',
  )
})

test('mlcroissant keeps a killed download as a hash error for ever: the next run heals it', async () => {
  const mirror = await mirrorOf()
  mirror.serve(path, body, drip)
  const params = paramsOf(addressAt(mirror), pinned)
  const { shelf } = await interrupted(params, 100_000)
  const { partPath } = shelfOf({ shelf }) as Shelf
  writeFileSync(partPath, readFileSync(partPath).fill(0, 10, 50_000))
  const { problem, bytes } = await fetched(params, { shelf })
  expect(problem).toBeUndefined()
  expect(bytes?.equals(body)).toBe(true)
})

test('Bazel took a truncated download for a whole one: an answer that ends early is asked for the rest', async () => {
  const mirror = await mirrorOf(body)
  mirror.script(path, [{ does: 'cut', after: 150_000 }])
  const { bytes } = await fetched(paramsOf(addressAt(mirror)))
  expect(bytes?.equals(body)).toBe(true)
  expect(mirror.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=150000-'])
})

test('two writers of one partial file poisoned caches of Hugging Face: one wins, and its file is right', async () => {
  const mirror = await mirrorOf()
  mirror.serve(path, body, drip)
  const params = paramsOf(addressAt(mirror))
  const { shelf } = testBench()
  let second: ReturnType<typeof fetched> | undefined
  const progress = (done: number): void => {
    if (done > 100_000) second ??= fetched(params, { shelf }, small)
  }
  const first = await fetched(params, { shelf, progress }, small)
  const other = await second
  expect(other?.bytes?.equals(body)).toBe(true)
  expect(other?.bench.recorded.get(fileName)?.sha256).toBe(pinned.sha256)
  expect(first.problem?.code ?? 'whole').toMatch(/^(taken-over|whole)$/)
  if (first.bytes) expect(first.bytes.equals(body)).toBe(true)
})

test('aria2 saves what it has once a minute: a kill costs what came since the last sync, not the file', async () => {
  const large = content(1_000_000)
  const mirror = await mirrorOf()
  mirror.serve(path, large, drip)
  const params = paramsOf(addressAt(mirror))
  const { shelf } = testBench()
  const after = mkdtempSync(join(tmpdir(), 'groundwork-killed-'))
  let isKilled = false
  const progress = (done: number): void => {
    // What a kill at this moment leaves behind.
    if (done > 800_000 && !isKilled) cpSync(shelf, after, { recursive: true })
    isKilled ||= done > 800_000
  }
  await fetched(params, { shelf, progress }, small)
  const before = mirror.requests.length
  const { bench, bytes } = await fetched(params, { shelf: after }, small)
  expect(bytes?.equals(large)).toBe(true)
  const again = mirror.requests.slice(before).map(({ range }) => /(\d+)-(\d*)/.exec(range ?? '0-'))
  const starts = again.map(range => Number(range?.[1]))
  const least = 800_000 - small.mostUnsyncedBytes - 4 * small.mostClaimBytes
  // What is missing may lie in holes; all of it lies behind what was safe.
  expect(Math.min(...starts)).toBeGreaterThan(least / 2)
  expect(bench.counts.received).toBeLessThan(700_000)
})
