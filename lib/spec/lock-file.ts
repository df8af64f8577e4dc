/**
 * The lock file beside the spec: text → entries, checked as strictly as the spec and told with places; and back to text,
 * the same for the same entries. Knows no host.
 */

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { errorCode, writeWhole } from '../io/disk.ts'
import { writeYaml } from '../io/yaml.ts'
import { map, notation, object, optional, required, text, type ValueOf } from '../model/grammar.ts'
import type { LockEntries, LockEntry, LockFile } from '../model/lock-file.ts'
import { Problem } from '../model/problem.ts'
import { below, placeOf } from '../model/spec.ts'
import { checkSpec } from './check.ts'
import { Page } from './page.ts'
import { rootOf } from './read.ts'
import * as values from './values.ts'

const anew = 'remove the file, and have it written anew: npx tsx build lock.'

const version = notation({
  expected: '1',
  pattern: '^1$',
  number: true,
  read: written => (written === '1' ? 1 : undefined),
  hint: () => `a newer Groundwork may have written the file: update Groundwork, or ${anew}`,
})

const bytes = notation({
  expected: 'a number of bytes such as 19336861798',
  pattern: String.raw`^\d+$`,
  number: true,
  read: written =>
    /^\d+$/.test(written) && Number.isSafeInteger(Number(written)) ? Number(written) : undefined,
})

const moment = text({
  check: written =>
    /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(written) && !Number.isNaN(Date.parse(written))
      ? undefined
      : 'is not a time such as 2026-01-02T03:04:05.000Z',
})

const revision = text({
  check: written => (/^[0-9a-f]{40}$/.test(written) ? undefined : 'is not a commit of 40 hexadecimal digits'),
})

const entry = object({
  size: optional(bytes),
  sha256: optional(values.sha256),
  md5: optional(values.md5),
  directory: optional(values.sha256),
  revision: optional(revision),
  etag: optional(values.words('The strong ETag.')),
  modified: optional(values.words('When the host says that the file was changed.')),
  from: required(values.words('The host that said so.')),
  locked: required(moment),
})

const grammar = object({
  version: required(version),
  files: required(map(values.words('An address of the spec.'), entry)),
})

/** Undefined where there is none. Throws a Problem with every mistake in it. */
export function readLockFile(file: string): LockFile | undefined {
  const written = lockTextOf(file)
  return written === undefined ? undefined : parseLockFile(written, file)
}

/** Undefined where there is no such file. */
function lockTextOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw new Problem({
      code: 'spec-not-found',
      message: `The lock file ${file} cannot be read (${errorCode(error)}).`,
      next: 'make it a readable file, or remove it and run `npx tsx build lock`.',
    })
  }
}

function parseLockFile(written: string, file: string): LockFile {
  const content = written.replace(/^\uFEFF/, '')
  const page = new Page(file, content)
  refuseConflicts(content, page)
  const root = rootOf(content, page, { empty: 'The lock file is empty.', next: anew, otherwise: anew })
  const value = checkSpec(grammar, root, page, 'The lock file')
  page.throwMistakes()
  const { files } = value as ValueOf<typeof grammar>
  return {
    file,
    entries: new Map(Object.entries(files)),
    placeOf: (key, field) => placeOf(page, below('files', key, field)),
  }
}

/** Both sides of a merge are valid entries to a quick eye, and no YAML. */
function refuseConflicts(content: string, page: Page): void {
  for (const { index, 0: marker } of content.matchAll(/^<{7}(?= |$)/gm))
    page.mistake(
      {
        code: 'yaml-syntax',
        message: 'A merge left both sides of a conflict here.',
        next: `keep one of the two; or ${anew}`,
      },
      { start: index, end: index + marker.length },
    )
  page.throwMistakes()
}

const header = (specFile: string): string => `\
# What hosts told of the files that ${specFile} leaves open: sizes, digests, revisions, when and from where.
# Written by \`npx tsx build lock\`, and by a build that fetches one of them for the first time. Keep it beside the spec,
# under version control; what the spec itself says goes before.
`

/** All or nothing, and not at all where it says the same already. Whether it says something else. */
export function writeLockFile(
  file: string,
  entries: LockEntries,
  { spec, dryRun }: { readonly spec: string; readonly dryRun: boolean },
): boolean {
  const text = lockText(entries, basename(spec))
  const written = lockTextOf(file)
  if (text === written || (written === undefined && entries.size === 0)) return false
  if (!dryRun) writeWhole(file, text)
  return true
}

/** Sorted, one key a line. `specFile` by its bare name. */
function lockText(entries: LockEntries, specFile: string): string {
  const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const files = new Map(sorted.map(([address, one]) => [address, inOrder(one)]))
  const tree = new Map<string, unknown>([
    ['version', 1],
    ['files', files],
  ])
  return `${header(specFile)}${writeYaml(tree)}`
}

const order = [
  'size',
  'sha256',
  'md5',
  'directory',
  'revision',
  'etag',
  'modified',
  'from',
  'locked',
] as const

const inOrder = (entry: LockEntry): object =>
  Object.fromEntries(order.filter(name => entry[name] !== undefined).map(name => [name, entry[name]]))
