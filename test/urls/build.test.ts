/** Builds of URL lists by the real command line: what is asked of the hosts, what lies there, what is said. */

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Of } from '../rig/playground.ts'
import { keysTo, paths, picture, shop, spec, treeOf } from './rig.ts'

test('a file for each address of an object; the second build asks nobody', async () => {
  const { ground, sell, list, asked } = await shop()
  const keys = keysTo(40)
  for (const key of keys) sell(key)
  list(keys)
  ground.spec(spec())
  const first = await ground.run('build', 'ocr/images')
  expect(first.stderr).toBe('')
  expect(first.summary).toMatchObject({ exitCode: 0, requests: 40, filesWritten: 40 })
  expect(asked()).toEqual(paths(keys))
  expect(ground.tree()).toEqual(treeOf(keys))
  const second = await ground.run('build', 'ocr/images')
  expect(second.summary).toMatchObject({ ran: 0, requests: 0, exitCode: 0 })
})

test('the list may come from a host, and is given back', async () => {
  const { ground, mirror, sell, asked } = await shop()
  mirror.serve('/list.txt', Buffer.from(`# two pictures\n${sell('one')}\n\n${sell('two')}\n`))
  ground.spec(`targets:\n  ocr/images:\n    sources:\n      - urls: ${mirror.url}/list.txt\n`)
  const { summary } = await ground.run('build', 'ocr/images')
  expect(summary).toMatchObject({ exitCode: 0, ran: 2, requests: 3, filesWritten: 2 })
  expect(asked()).toEqual(['/P/one.jpg', '/P/two.jpg', '/list.txt'])
  expect(Object.keys(ground.tree())).toEqual(['ocr/images/one.jpg', 'ocr/images/two.jpg'])
  expect(existsSync(join(ground.root, '.groundwork/archives'))).toBe(false)
})

test('three files that are gone are fetched again, and only they', async () => {
  const { ground, sell, list, asked } = await shop()
  const keys = keysTo(20)
  for (const key of keys) sell(key)
  list(keys)
  ground.spec(spec())
  await ground.run('build', 'ocr/images')
  asked()
  const gone = ['B0003', 'B0007', 'B0020']
  for (const key of gone) rmSync(join(ground.root, `ocr/images/${key}.jpg`))
  const { summary } = await ground.run('build', 'ocr/images')
  expect(summary).toMatchObject({ exitCode: 0, repaired: 1, filesWritten: 3, requests: 3 })
  expect(asked()).toEqual(paths(gone))
  expect(ground.tree()).toEqual(treeOf(keys))
})

test('of a changed list only what is new is fetched, and what it does not name any more goes', async () => {
  const { ground, sell, list, asked } = await shop()
  for (const key of keysTo(12)) sell(key)
  list(keysTo(10))
  ground.spec(spec())
  await ground.run('build', 'ocr/images')
  asked()
  sell('other', picture('another picture'))
  list(keysTo(12).slice(2), { B0005: { imageURL: sell('moved', picture('moved')) } })
  const { summary } = await ground.run('build', 'ocr/images')
  expect(summary).toMatchObject({ exitCode: 0, filesWritten: 3, requests: 3 })
  expect(asked()).toEqual(['/P/B0011.jpg', '/P/B0012.jpg', '/P/moved.jpg'])
  const wanted = { ...treeOf(keysTo(12).slice(2)), 'ocr/images/B0005.jpg': sha256Of(picture('moved')) }
  expect(ground.tree()).toEqual(wanted)
})

test('what is asked to wait is asked again, and so is what was cut', async () => {
  const { ground, mirror, sell, list, asked } = await shop()
  const keys = keysTo(6)
  for (const key of keys) sell(key)
  mirror.script('/P/B0001.jpg', [{ does: 'status', status: 503, retryAfter: '0' }])
  mirror.script('/P/B0002.jpg', [{ does: 'status', status: 429, retryAfter: '1' }])
  mirror.script('/P/B0003.jpg', [{ does: 'cut', after: 100 }])
  list(keys)
  ground.spec(spec())
  const { summary } = await ground.run('build', 'ocr/images')
  expect(summary).toMatchObject({ exitCode: 0, requests: 9, filesWritten: 6 })
  expect(asked().filter(path => /B000[123]/.test(path))).toHaveLength(6)
  expect(ground.tree()).toEqual(treeOf(keys))
})

test('after a kill nothing that came is asked for again', async () => {
  const { ground, mirror, sell, list, asked, ledger } = await shop()
  const keys = keysTo(30)
  for (const key of keys) sell(key)
  const slow = keys.slice(24)
  for (const key of slow) mirror.script(`/P/${key}.jpg`, [{ does: 'stall', after: 50 }])
  list([...keys, 'unknown'])
  ground.spec(spec('        allow_missing: 1\n'))
  const running = ground.start('build', 'ocr/images')
  await running.until(({ event }) => event === 'task-started')
  const isFar = (): boolean => {
    try {
      return ledger().length === 1 + 24 + 1
    } catch {
      return false
    }
  }
  while (!isFar()) await new Promise(resolve => setTimeout(resolve, 20))
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  // As a crash of the machine might leave it.
  writeFileSync(join(ground.root, '.groundwork/shelf/urls~2ocr~1images/ledger.ndjson'), '{"came":"B00', {
    flag: 'a',
  })
  asked()
  const { summary } = await ground.run('build', 'ocr/images')
  expect(summary).toMatchObject({ exitCode: 0, requests: slow.length, filesWritten: 30 })
  expect(asked()).toEqual(paths(slow))
  expect(ground.tree()).toEqual(treeOf(keys))
})

test('files of a list can be renamed, and the ledger outlives the part', async () => {
  const { ground, sell, list, asked, ledger } = await shop()
  for (const key of keysTo(4)) sell(key)
  list([...keysTo(4), 'lost'])
  const renaming = "    rename:\n      - { match: '*.gif', to: '{stem}.jpg' }\n"
  ground.spec(spec(`        allow_missing: 1\n${renaming}`, '{key}.gif'))
  const first = await ground.run('build', 'ocr/images')
  expect(first.summary).toMatchObject({ exitCode: 0, requests: 5 })
  expect(ground.tree()).toEqual(treeOf(keysTo(4)))
  expect(ledger().filter(line => 'failed' in line)).toHaveLength(1)
  expect((await ground.run('build', 'ocr/images')).summary).toMatchObject({ ran: 0, requests: 0 })
  asked()
})

test('without network it says what it would have to ask', async () => {
  const { ground, sell, list, asked } = await shop()
  for (const key of keysTo(4)) sell(key)
  list(keysTo(4))
  ground.spec(spec())
  const { codes, exitCode } = await ground.run('build', 'ocr/images', '--offline')
  expect([exitCode, codes, asked()]).toEqual([1, ['offline'], []])
})

test('a kill while the files are placed costs no request', async () => {
  const { ground, sell, list, asked } = await shop()
  const keys = keysTo(8)
  for (const key of keys) sell(key)
  list(keys.slice(0, 6))
  ground.spec(spec())
  await ground.run('build', 'ocr/images')
  // As if a second build had been killed between two renames: no record of it, some files placed and some on the shelf.
  rmSync(join(ground.root, '.groundwork/log'), { recursive: true })
  list(keys)
  asked()
  const { summary } = await ground.run('build', 'ocr/images')
  expect(summary).toMatchObject({ exitCode: 0, requests: 2 })
  expect(asked()).toEqual(paths(keys.slice(6)))
  expect(ground.tree()).toEqual(treeOf(keys))
})
