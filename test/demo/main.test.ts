/** The demo itself, as `npm run demo` runs it: every claim that it makes holds, and it leaves nothing behind. */

import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundwork-tour-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('all that the demo claims holds', async () => {
  const { stdout, exitCode } = await execa('tsx', ['demo/main.ts'], {
    cwd: new URL('../..', import.meta.url),
    preferLocal: true,
    reject: false,
    env: { TMPDIR: folder },
  })
  const lines = stdout.split('\n')
  expect(lines.filter(line => line.startsWith('NOT'))).toEqual([])
  expect(lines.filter(line => line.startsWith('ok '))).toHaveLength(10)
  expect(lines.at(-1)).toBe('All as it should be. The folder is gone again; --keep leaves it.')
  expect(exitCode).toBe(0)
  const left = await readdir(folder)
  expect(left.filter(name => name.startsWith('groundwork-demo-'))).toEqual([])
})
