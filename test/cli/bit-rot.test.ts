/** `verify` tells of bytes that changed although size and times did not, also where an annotation is looked at before them. */

import { lstatSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withTimes } from '../../lib/model/manifest.ts'
import { openReceipts } from '../../lib/receipts/receipts.ts'
import { type Ground, ground, mirror } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'

/** As a disk does it: nothing but the bytes is another. */
function rot(place: Ground, task: string, name: string): void {
  const path = join(place.root, task.replace(/^[^:]*:/, ''), name)
  writeFileSync(path, 'x'.repeat(lstatSync(path).size))
  const receipts = openReceipts(join(place.root, '.groundwork'), { readOnly: false, runId: 'rot' })
  const memory = receipts.memoryOf(task)
  if (memory?.state !== 'done') throw new Error(`${task} was not built`)
  const manifest = receipts.loadManifest(memory.receipt)
  if (manifest === undefined) throw new Error(`${task} has no manifest`)
  const { mtimeMs, ctimeMs, ino } = lstatSync(path)
  const changes = [[manifest.find(name), { mtimeMs, ctimeMs, ino }]] as const
  const manifestName = receipts.saveManifest(task, withTimes(manifest, Date.now() + 60_000, changes))
  receipts.done({ ...memory.receipt, manifest: manifestName })
  receipts.close()
}

test.each([
  ['before them', ['notes', 'birds']],
  ['behind them', ['birds', 'notes']],
])('an annotation %s', async (_, order) => {
  const [place, host] = [ground(), await mirror()]
  const sources: Readonly<Record<string, string>> = {
    notes: `{ url: "${host.url}/notes.json", json: { images: / } }`,
    birds: `{ url: "${host.url}/birds.zip" }`,
  }
  place.spec(`targets:\n${order.map(name => `  ${name}: { sources: [${sources[name]}] }\n`).join('')}`)
  host.serve('/notes.json', Buffer.from(JSON.stringify([{ image: 'birds/a.jpg' }, { image: 'birds/b.jpg' }])))
  host.serve('/birds.zip', zipOf(['a.jpg', 'b.jpg'].map(name => ({ name, content: name }))))
  await place.run('build')
  rot(place, 'unzip:birds', 'b.jpg')
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
  const { codes, summary } = await place.run('verify')
  expect(codes).toEqual(['output-damaged'])
  expect(summary).toMatchObject({ failed: 1, exitCode: 1 })
})
