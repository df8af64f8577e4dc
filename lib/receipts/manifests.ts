/**
 * Manifests in the state folder: files saved whole or not at all, named by task and content. Small ones, such as those of
 * a single annotation, stand in the receipt itself, so that a thousand targets need not be a thousand files. Knows which names are its own; not which of them a receipt still needs.
 */

import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, readShared, remove, writeWhole } from '../io/disk.ts'
import type { ColumnarManifest } from '../model/manifest.ts'
import { decodeManifest, encodeManifest } from '../model/manifest-codec.ts'
import type { TaskId } from '../model/task.ts'

const manifestName = /^[\w.-]*\.[0-9a-f]{16}\.manifest$/
const leftoverName = /^[\w.-]*\.[0-9a-f]{16}\.manifest\.[0-9a-f]+\.tmp$/

/** Up to so many bytes a manifest stands in its receipt. */
const mostInline = 1024
const inline = 'inline:'

/** Returns what the receipt tells: the name of the file, or the manifest itself. */
export function saveManifest(folder: string, task: TaskId, manifest: ColumnarManifest): string {
  const bytes = encodeManifest(manifest)
  if (bytes.length <= mostInline) return inline + bytes.toString('base64')
  const digest = createHash('sha256').update(bytes).digest('hex')
  const name = `${readable(task)}.${digest.slice(0, 16)}.manifest`
  // Also where a file of that name lies there: it may be a damaged one.
  writeWhole(join(folder, name), bytes)
  return name
}

/** Undefined where there is none, or one that cannot be read. */
export function loadManifest(folder: string, name: string): ColumnarManifest | undefined {
  if (name.startsWith(inline)) return decodeManifest(Buffer.from(name.slice(inline.length), 'base64'))
  if (!manifestName.test(name)) return undefined
  try {
    return decodeManifest(readShared(join(folder, name)))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The file that a manifest stands in; undefined where its receipt tells it. */
export const manifestFile = (folder: string, name: string): string | undefined =>
  name.startsWith(inline) ? undefined : join(folder, name)

/** Removes the manifests that are not in use, and what killed writers left. Other files stay. */
export function dropManifests(folder: string, used: ReadonlySet<string>): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder))
    if (leftoverName.test(name) || (manifestName.test(name) && !used.has(name))) remove(join(folder, name))
}

/** For people who look into the folder; the digest tells names apart. */
const readable = (task: TaskId): string => task.replace(/[^\w.-]+/g, '-').slice(0, 80)
