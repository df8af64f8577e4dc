/** Connections that wait for room on the disk: a reader that waits for other bytes gets them all the same. */

import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { takesHoles } from '../../lib/io/native.ts'
import type { GrowingSource } from '../../lib/model/growing-file.ts'
import { freeHost } from '../rig/workbench.ts'
import { addressAt, content, fetched, fileName, mirrorOf, paramsOf, sha256, small } from './rig.ts'

const body = content(800_000)
const tuning = {
  ...small,
  hashFromBytes: 20_000,
  hashPieceBytes: 10_000,
  spending: { leastBytes: 400_000, leastWindowBytes: 100_000, leastPortionBytes: 40_000 },
}

/** Asks for the end first, then goes front to back in steps, and says when it is done. */
async function readAll(offered: GrowingSource, step: number): Promise<void> {
  const reader = offered.read()
  try {
    const bytes = await reader.size()
    await reader.wish(bytes - 1000, bytes)
    for (let at = 0; at < bytes; at += step) {
      await reader.need(at, Math.min(at + step, bytes))
      reader.pass(Math.min(at + step, bytes - 1000))
    }
    reader.pass(Number.POSITIVE_INFINITY)
    await reader.until(Number.POSITIVE_INFINITY)
  } finally {
    reader.close()
  }
}

test.each([
  ['one connection, which claimed more than there is room for', 1, 30_000],
  ['one connection, and a file in the archive that is larger than what may lie there', 1, 300_000],
  ['several connections', 4, 30_000],
])('%s', async (_, connections, step) => {
  const mirror = await mirrorOf(body)
  let reading: Promise<void> | undefined
  const spent: string[] = []
  const params = paramsOf(addressAt(mirror), { sha256: sha256(body) })
  const { bench, problem } = await fetched(
    params,
    {
      host: name => freeHost(name, { connections }),
      audience: () => 'reading',
      spend: (...[path, bytes, digest]) => void spent.push(`${path} ${bytes} ${digest}`),
      offer: file => void (reading ??= readAll(file, step)),
    },
    { ...tuning, claimBytes: 400_000, mostClaimBytes: 400_000 },
  )
  expect(problem).toBeUndefined()
  await reading
  const told = { bytes: body.length, sha256: sha256(body) }
  // Where the filesystem takes nothing back it is placed as any other.
  if (takesHoles(tmpdir())) expect(spent).toEqual([`${fileName} ${told.bytes} ${told.sha256}`])
  else expect([...bench.recorded.values()]).toEqual([told])
})
