/**
 * Remembers the checked spec beside the records, by the digest of its text: reading YAML is most of a build that has
 * nothing to do. A cache: it may be lost, stale or torn at any time, and the spec is then read anew.
 */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { makeFolder, writeWhole } from '../io/disk.ts'
import type { Spec } from '../model/spec.ts'
import type { SourceForm } from '../model/task.ts'

/** Raise it when the same text is checked or assembled otherwise. */
const version = 1

export interface ReadSpec {
  readonly spec: Spec
  /** Absolute. */
  readonly root: string
  /** Undefined where it came from the cache; else what to remember it under. */
  readonly key: string | undefined
}

/** The spec and the playground's root; `override` is `--root`, relative to the working directory. */
export async function readSpecOnce(
  file: string,
  forms: readonly SourceForm<unknown>[],
  override: string | undefined,
): Promise<ReadSpec> {
  const text = textOf(file)
  const rootOf = (root: string): string => (override ? resolve(override) : resolve(dirname(file), root))
  // The root stands in the spec that is not read yet; whether this guess was right, the key decides.
  const guess = /^root:[ \t]+["']?([^"'#\r\n]+?)["']?[ \t]*(?:#.*)?$/m.exec(text ?? '')?.[1]
  const key = createHash('sha256')
    .update(JSON.stringify([version, resolve(file), file, forms, text]))
    .digest('hex')
  const held = override || guess ? heldIn(cacheFile(rootOf(guess ?? '')), key) : undefined
  if (held) return { spec: held, root: rootOf(held.root), key: undefined }
  const { readSpec } = await import('./read.ts')
  const spec = readSpec({ file, forms })
  return { spec, root: rootOf(spec.root), key }
}

/** Only while the lock is held. */
export function rememberSpec({ spec, root, key }: ReadSpec): void {
  if (key === undefined) return
  makeFolder(dirname(cacheFile(root)))
  writeWhole(cacheFile(root), JSON.stringify({ key, spec }))
}

const cacheFile = (root: string): string => join(root, '.groundwork', 'cache', 'spec.json')

/** Undefined where the file cannot be read: `readSpec` says why. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function heldIn(file: string, key: string): Spec | undefined {
  try {
    const held: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isHeld(held) && held.key === key ? held.spec : undefined
  } catch {
    return undefined
  }
}

const isHeld = (value: unknown): value is { readonly key: string; readonly spec: Spec } =>
  typeof value === 'object' && value !== null && 'key' in value && 'spec' in value
