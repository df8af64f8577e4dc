/** Archives with something wrong in them: a field that says something else, a stretch that is gone, there twice, or elsewhere. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { codes } from '../../lib/model/codes.ts'
import type { Problem } from '../../lib/model/problem.ts'
import type { TestBench } from './workbench.ts'

/** Of a record: a number in little-endian. */
export interface Field {
  readonly what: string
  readonly at: number
  readonly bytes: number
}

export function withField(archive: Buffer, { at, bytes }: Field, value: bigint): Buffer {
  const copy = Buffer.from(archive)
  for (let i = 0; i < bytes; i += 1) copy[at + i] = Number((value >> BigInt(8 * i)) & 0xffn)
  return copy
}

/** At and about the limits of the field, and about what it says. */
export function oddValues(archive: Buffer, { at, bytes }: Field): readonly bigint[] {
  const most = (1n << BigInt(8 * bytes)) - 1n
  let now = 0n
  for (let i = bytes - 1; i >= 0; i -= 1) now = (now << 8n) | BigInt(archive[at + i] as number)
  const all = [0n, 1n, now - 1n, now + 1n, now ^ 8n, 46n, (most >> 1n) + 1n, most - 1n, most]
  return [...new Set(all.map(value => value & most))].filter(value => value !== now)
}

/** Each with a stretch between two places that is gone, is zeros, is there twice, or has changed places with the next. */
export function* withStretches(
  archive: Buffer,
  places: readonly number[],
): Generator<readonly [string, Buffer]> {
  for (const [i, from] of places.entries()) {
    const to = places[i + 1] ?? archive.length
    const next = places[i + 2] ?? archive.length
    const [before, stretch, other] = [
      archive.subarray(0, from),
      archive.subarray(from, to),
      archive.subarray(to, next),
    ]
    const rest = archive.subarray(to)
    yield [`without ${from} to ${to}`, Buffer.concat([before, rest])]
    yield [`with zeros from ${from} to ${to}`, Buffer.concat([before, Buffer.alloc(to - from), rest])]
    yield [`with ${from} to ${to} twice`, Buffer.concat([before, stretch, stretch, rest])]
    yield [
      `with ${from} to ${to} behind the next`,
      Buffer.concat([before, other, stretch, archive.subarray(next)]),
    ]
    yield [`up to ${from}`, before]
    for (const more of ['\0', 'PK', 'PK\x03\x04', 'PK\x05\x06'])
      yield [
        `with ${JSON.stringify(more)} at ${from}`,
        Buffer.concat([before, Buffer.from(more), stretch, rest]),
      ]
  }
}

/** What became of it is known, and lies where it belongs. */
export function expectKnown(what: string, { problem, bench }: { problem?: Problem; bench: TestBench }): void {
  for (const { code, message } of problem?.diagnostics ?? []) {
    expect(codes, what).toContain(code)
    expect(code, `${what}: ${message}`).not.toBe('bug')
  }
  expect(readdirSync(join(bench.staging, '..')).toSorted(), what).toEqual(['shelf', 'staging'])
}

/** What a test file unpacks lies in temporary folders whose names begin so (sorted), and nothing beside them. */
export function expectOnlyFolders(...beginnings: readonly string[]): void {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'groundwork-mutated-'))
    vi.stubEnv('TMPDIR', folder)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    const names = new Set(readdirSync(folder).map(name => name.replace(/-[^-]*$/, '')))
    expect([...names].toSorted()).toEqual(beginnings)
    rmSync(folder, { recursive: true })
  })
}
