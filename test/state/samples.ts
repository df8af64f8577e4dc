/** Receipts and manifests for tests of the state rooms, and a folder that goes away with the test. */

import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ColumnarManifest } from '../../lib/model/manifest.ts'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import type { Receipt } from '../../lib/model/receipt.ts'

export const receiptOf = (task: string, rest: Partial<Receipt> = {}): Receipt => ({
  task,
  kind: 'unzip',
  kindVersion: 1,
  fingerprint: [{ name: 'root', value: 'train2017' }],
  inputs: [{ task: 'download:train2017.zip', digest: 'ab'.repeat(32) }],
  digest: '',
  manifest: '',
  at: task.slice(task.indexOf(':') + 1),
  files: 2,
  bytes: 6,
  seconds: 0.5,
  remarks: {},
  targets: ['coco/train2017'],
  finished: '2026-01-02T03:04:05.000Z',
  ...rest,
})

/** Its paths are so long that it does not stand in the receipt. */
export function manifestOf(...contents: readonly string[]): ColumnarManifest {
  const builder = new ManifestBuilder()
  contents.forEach((content, i) => {
    const sha256 = createHash('sha256').update(content).digest('hex')
    builder.add(`images/${'long'.repeat(300)}/${i}.jpg`, content.length, sha256)
  })
  return builder.finish('tree')
}

/** Of a state folder that does not exist yet. */
export function stateFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'groundwork-state-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  return join(root, '.groundwork')
}

/** A copy that a test may break. */
export function copyOf(folder: string): string {
  const copy = stateFolder()
  if (existsSync(folder)) cpSync(folder, copy, { recursive: true })
  return copy
}

/** Paths of all files with their contents, and of all folders. */
export function contentsOf(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(folder)) return {}
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()
  return Object.fromEntries(
    paths.map(path => {
      const full = join(folder, path)
      return [path, statSync(full).isDirectory() ? 'folder' : readFileSync(full, 'hex')]
    }),
  )
}
