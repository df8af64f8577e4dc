/** Builds with expectations of images, and with images that become JPEG, by the real command line. */

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ground, zip } from '../rig/playground.ts'
import { picture } from './rig.ts'

const [jpeg, png, gif] = await Promise.all([picture('jpeg'), picture('png'), picture('gif')])

describe('expect: { images: true }', () => {
  const spec = `targets:
  vg:
    sources:
      - url: vg.zip
      - { url: notes.json, json: }
    expect: { files: 4, images: true }
`
  const list = '.groundwork/shelf/expect~2vg/not-images.ndjson'

  test('is asked once, and again when the tree changed', async () => {
    const here = ground()
    here.write('notes.json', '[]')
    here.write('vg.zip', zip({ 'a.jpg': jpeg, 'b.jpg': png, 'c.gif': gif.subarray(0, -1) }))
    here.spec(spec)
    const first = await here.run('build')
    expect(first).toMatchObject({ exitCode: 1, codes: ['not-images'] })
    expect(first.diagnostics[0]?.evidence?.at(-1)?.text).toBe(list)
    expect(JSON.parse(here.read(`data/${list}`))).toMatchObject({ path: 'c.gif', form: 'truncated' })
    expect(Object.keys(here.tree())).toHaveLength(4)
    const verified = await here.run('verify')
    expect(verified).toMatchObject({ exitCode: 1, codes: ['not-images'] })

    here.write('vg.zip', zip({ 'a.jpg': jpeg, 'b.jpg': png, 'c.gif': gif }))
    const second = await here.run('build')
    expect(second).toMatchObject({ exitCode: 0, codes: [] })
    expect(existsSync(join(here.root, list))).toBe(false)
    expect((await here.run('build')).summary).toMatchObject({ ran: 0, exitCode: 0 })
    expect(await here.run('verify')).toMatchObject({ exitCode: 0, codes: [] })

    // Edited: what is wrong is told of the tree, and not once more of its images.
    writeFileSync(join(here.root, 'vg/a.jpg'), 'painted over')
    expect(await here.run('verify')).toMatchObject({ exitCode: 1, codes: ['output-damaged'] })
    const repaired = await here.run('build')
    expect(repaired.started.filter(task => task.startsWith('expect'))).toEqual([])
  })

  test('is stale when it is asked for anew', async () => {
    const here = ground()
    here.write('notes.json', '[]')
    here.write('vg.zip', zip({ 'a.jpg': jpeg, 'b.jpg': png, 'c.gif': gif }))
    here.spec(spec.replace(', images: true', ''))
    await here.run('build')
    here.spec(spec)
    const ran = await here.run('build')
    expect(ran).toMatchObject({ exitCode: 0, started: ['expect:vg'] })
    expect((await here.text('why', 'vg')).stdout).toContain('expect vg\n    fresh')
  })
})
