/** `transcode: jpg` where a result lies already: what of it is kept, gets another name, or is encoded again. */

import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Fingerprint } from '../../lib/model/fingerprint.ts'
import { rename } from '../../tasks/rename.ts'
import {
  type Files,
  gif,
  jpeg,
  manifestOfFiles,
  paramsOf,
  partOf,
  place,
  png,
  run,
  stagedIn,
} from './transcode-rig.ts'

describe('what was made before', () => {
  const files = { 'a.jpg': jpeg, 'b.png': png, 'c.gif': gif, 'd.gif': gif, README: Buffer.from('text') }
  const { fingerprint } = rename.outline(paramsOf())

  /** A bench at which a result lies, with the ledger that belongs to it. */
  async function built(
    then: Files = files,
    params = paramsOf(),
  ): Promise<{ shelf: string; final: string; last: Files }> {
    const { shelf, staging, ...bench } = await run(params, { inputs: [partOf(then)] })
    return { shelf, final: staging, last: stagedIn({ shelf, staging, ...bench }) }
  }

  const withPrevious = (
    { shelf, final, last }: Awaited<ReturnType<typeof built>>,
    then: Fingerprint = fingerprint,
  ) => ({
    shelf,
    final,
    previous: { manifest: manifestOfFiles(last), fingerprint: then },
  })

  test('is kept where it is intact; what is not is encoded again, to the same bytes', async () => {
    const { last, ...before } = await built()
    const { 'b.jpg': _, 'a.jpg': __, ...intact } = last
    const bench = await run(paramsOf(), {
      ...before,
      inputs: [partOf(files)],
      intact: manifestOfFiles(intact),
    })
    expect(bench.kept.toSorted()).toEqual(['README', 'c.jpg', 'd.jpg'])
    expect(stagedIn(bench)).toEqual({ 'a.jpg': jpeg, 'b.jpg': last['b.jpg'] })
    // The whole of it is known again the next time.
    const { 'c.jpg': ___, ...second } = last
    const next = await run(paramsOf(), {
      ...before,
      inputs: [partOf(files)],
      intact: manifestOfFiles(second),
    })
    expect(next.kept.toSorted()).toEqual(['README', 'a.jpg', 'b.jpg', 'd.jpg'])
  })

  test('gets other names without its parts, and is not encoded again', async () => {
    const before = await built()
    const rules = [{ match: '*.{gif,jpg}', to: 'x/{name}', place }]
    const bench = await run(paramsOf({ rules }), {
      ...withPrevious(before),
      inputs: [partOf(files, { isThere: false })],
    })
    expect(bench.kept.toSorted()).toEqual(['README', 'b.jpg'])
    const { last, final } = before
    expect(stagedIn(bench)).toEqual({ 'x/a.jpg': jpeg, 'x/c.jpg': last['c.jpg'], 'x/d.jpg': last['c.jpg'] })
    const inodeOf = (path: string) => statSync(path).ino
    expect(inodeOf(join(bench.staging, 'x/a.jpg'))).toBe(inodeOf(join(final, 'a.jpg')))
    expect(inodeOf(join(bench.staging, 'x/c.jpg'))).not.toBe(inodeOf(join(bench.staging, 'x/d.jpg')))
    expect(bench.remarks).toEqual({})
  })

  test('is the source where transcoding is asked for anew', async () => {
    const plain = await built(files, paramsOf({ transcode: undefined }))
    const bench = await run(paramsOf(), {
      ...withPrevious(plain, []),
      inputs: [partOf(files, { isThere: false })],
    })
    expect(bench.kept.toSorted()).toEqual(['README', 'a.jpg'])
    const { 'a.jpg': _, README: __, ...wanted } = (await built()).last
    expect(stagedIn(bench)).toEqual(wanted)
  })

  test('without its ledger the parts are wanted, and give the same', async () => {
    const before = await built()
    rmSync(before.shelf, { recursive: true })
    const inputs = [partOf(files, { isThere: false })]
    await expect(run(paramsOf(), { ...withPrevious(before), inputs })).rejects.toThrow('unzip:0 is wanted')
    const bench = await run(paramsOf(), { ...withPrevious(before), inputs: [partOf(files)] })
    expect(bench.kept.toSorted()).toEqual(['README', 'a.jpg'])
    expect({ ...before.last, ...stagedIn(bench) }).toEqual(before.last)
  })

  test('a ledger that is torn costs work, not correctness', async () => {
    const before = await built()
    const ledger = join(before.shelf, 'transcoded.ndjson')
    writeFileSync(ledger, `${readFileSync(ledger, 'utf8').slice(0, -20)}\nnull\n{"from":1}\n`)
    const { 'a.jpg': _, ...intact } = before.last
    const bench = await run(paramsOf(), {
      shelf: before.shelf,
      final: before.final,
      inputs: [partOf(files)],
      intact: manifestOfFiles(intact),
    })
    expect({ ...intact, ...stagedIn(bench) }).toEqual(before.last)
  })
})
