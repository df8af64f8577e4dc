/**
 * Remembers the checked spec beside the records, by the digest of its text: reading YAML is most of a build that has
 * nothing to do. A cache: it may be lost, stale or torn at any time, and the spec is then read anew.
 */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { makeFolder, writeWhole } from '../io/disk.ts'
import { sampleRoot, stateFolder } from '../model/layout.ts'
import { lockFileOf } from '../model/lock-file.ts'
import { redact } from '../model/redact.ts'
import type { SourceForm } from '../model/source-form.ts'
import type { Spec } from '../model/spec.ts'
import { isLiteralSecret } from '../model/variables.ts'

/** Raise it when the same text is checked or assembled otherwise. */
const version = 3

export interface ReadSpec {
  readonly spec: Spec
  /** Absolute. */
  readonly root: string
  /** Of the other playground of the same spec: the whole one of a sample, the sample of a whole one. Absolute. */
  readonly beside: string | undefined
  readonly key: string
  readonly content: string
  /** Not to be remembered: it came from the cache, or it holds a password. */
  readonly isOnlyRead: boolean
}

/** What can be known of a spec without reading its YAML. */
export interface SpecText {
  /** Digest of `content` and of the name that it was called by: places in it are told by that. */
  readonly key: string
  /** Digest of its text and its lock file's and the definition that it is checked against. */
  readonly content: string
  /** A password or token stands in it, which has no business in the playground. */
  readonly isSecret: () => boolean
  /** The root as it seems to stand there: the cache that lies there has a key that decides. */
  readonly seemingRoot: string | undefined
  /** A root as written → absolute. */
  readonly rootOf: (written: string) => string
  /** The same of the other playground of the spec; undefined where `--root` says that this is another one. */
  readonly besideOf: (written: string) => string | undefined
}

/** What the command line says of the root. */
export interface RootOptions {
  /** `--root`, relative to the working directory: goes before what is written. */
  readonly root: string | undefined
  /** `--sample`: a playground of its own, beside the other one. */
  readonly sample: number | undefined
}

export function lookUpSpec(
  file: string,
  forms: readonly SourceForm<unknown>[],
  { root, sample }: RootOptions,
): SpecText {
  const at = (written: string, isSample: boolean): string =>
    isSample ? sampleRoot(dirname(file), written) : resolve(dirname(file), written)
  const text = textOf(file)
  const content = digestOf([version, forms, text, textOf(lockFileOf(file)) ?? null])
  return {
    key: digestOf([content, file]),
    content,
    isSecret: () => text !== undefined && redact(text) !== text,
    seemingRoot: /^root:[ \t]+["']?([^"'#\r\n]+?)["']?[ \t]*(?:#.*)?$/m.exec(text ?? '')?.[1],
    rootOf: written => (root === undefined ? at(written, sample !== undefined) : resolve(root)),
    besideOf: written => (root === undefined ? at(written, sample === undefined) : undefined),
  }
}

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** The spec and the playground's root. */
export async function readSpecOnce(
  file: string,
  forms: readonly SourceForm<unknown>[],
  { key, content, isSecret, seemingRoot, rootOf, besideOf }: SpecText,
): Promise<ReadSpec> {
  const held = heldIn(cacheFile(rootOf(seemingRoot ?? '')), key)
  if (held) {
    const spec = { ...held, folder: dirname(resolve(file)) }
    return { spec, root: rootOf(held.root), beside: besideOf(held.root), key, content, isOnlyRead: true }
  }
  const [{ readSpec }, { readLockFile }, { withPins }] = await Promise.all([
    import('./read.ts'),
    import('./lock-file.ts'),
    import('./pins.ts'),
  ])
  const written = readSpec({ file, forms })
  const lock = readLockFile(lockFileOf(file))
  const spec = lock === undefined ? written : withPins(written, lock)
  const [at, beside] = [rootOf(spec.root), besideOf(spec.root)]
  return { spec, root: at, beside, key, content, isOnlyRead: isSecret() || namesSecret(spec) }
}

/** Only while the lock is held. */
export function rememberSpec({ spec, root, key, isOnlyRead }: ReadSpec): void {
  if (isOnlyRead) return
  // Where the spec lies is found out each time: a playground can be moved.
  const { folder: _, ...held } = spec
  makeFolder(dirname(cacheFile(root)))
  writeWhole(cacheFile(root), JSON.stringify({ key, spec: held }))
}

/** Variables are remembered by their names; a secret that is written out is not. */
const namesSecret = ({ hosts }: Spec): boolean =>
  Object.values(hosts)
    .flatMap(({ headers = {}, token = '' }) => [...Object.values(headers), token])
    .some(isLiteralSecret)

const cacheFile = (root: string): string => join(root, stateFolder, 'cache', 'spec.json')

/** Undefined where the file cannot be read: `readSpec` says why. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function heldIn(file: string, key: string): HeldSpec | undefined {
  try {
    const held: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isHeld(held) && held.key === key ? held.spec : undefined
  } catch {
    return undefined
  }
}

type HeldSpec = Omit<Spec, 'folder'>

const isHeld = (value: unknown): value is { readonly key: string; readonly spec: HeldSpec } =>
  typeof value === 'object' && value !== null && 'key' in value && 'spec' in value
