/**
 * datasets.yaml → Spec, or one Problem with every mistake in it, in the order of the file.
 * Knows no task kind: what a source can become is handed in. Synchronous, because nothing can begin before it.
 */

import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errorCode } from '../io/disk.ts'
import { readYaml, type YamlFault, type YamlNode } from '../io/yaml.ts'
import { Problem } from '../model/problem.ts'
import type { Spec } from '../model/spec.ts'
import { formatBytes } from '../model/units.ts'
import { assemble, type Whereabouts } from './assemble.ts'
import { checkSpec } from './check.ts'
import { checkNames } from './names.ts'
import { Page } from './page.ts'
import { type Forms, type SpecValue, specGrammar } from './shape.ts'

export interface ReadOptions {
  /** As named on the command line. */
  readonly file: string
  readonly forms: Forms
}

export function readSpec({ file, forms }: ReadOptions): Spec {
  const text = textOf(file, bytesOf(file))
  return parseSpec(text, { file, forms, folder: dirname(resolve(file)) })
}

/** The same from its text alone. */
export function parseSpec(text: string, options: ReadOptions & Whereabouts): Spec {
  // Editors count columns without a byte order mark.
  const content = text.replace(/^\uFEFF/, '')
  const page = new Page(options.file, content)
  const root = rootOf(content, page)
  const value = checkSpec(specGrammar(options.forms), root, page)
  if (value) checkNames(value, page)
  page.throwMistakes()
  return assemble(value as SpecValue, page, options)
}

interface FileWords {
  /** For a file that says nothing. */
  readonly empty: string
  readonly next: string
  /** The next step for a fault that has none of its own. */
  readonly otherwise?: string
}

const emptySpec: FileWords = {
  empty: 'The spec is empty.',
  next: 'begin with "version: 1" and "targets:"; docs/datasets.md has an example.',
}

/** The YAML of a whole file; throws what is wrong with it. */
export function rootOf(text: string, page: Page, words = emptySpec): YamlNode {
  const { root, faults } = readYaml(text)
  for (const { message, next = words.otherwise, ...span } of firstOfEachLine(faults, page))
    page.mistake({ code: 'yaml-syntax', message, ...(next !== undefined && { next }) }, span)
  page.throwMistakes()
  if (root.form === 'scalar' && root.kind === 'nothing') {
    page.mistake({ code: 'missing-key', message: words.empty, next: words.next }, { start: 0, end: 1 })
    page.throwMistakes()
  }
  return root
}

/** One fault derails the rest of its line: what else is said about that line is a consequence. */
function firstOfEachLine(faults: readonly YamlFault[], page: Page): readonly YamlFault[] {
  const lines = new Set<number>()
  return faults
    .toSorted((a, b) => a.start - b.start)
    .filter(fault => {
      const { line } = page.placeOf(fault)
      return !lines.has(line) && lines.add(line)
    })
}

/** No spec is larger; whoever names an archive by mistake shall not wait for it to be read as YAML. */
const mostBytes = 64_000_000

function bytesOf(file: string): Buffer {
  try {
    if (statSync(file).size > mostBytes) throw new Problem({ code: 'spec-not-found', ...tooLarge(file) })
    return readFileSync(file)
  } catch (error) {
    const code = errorCode(error)
    if (error instanceof Problem || code === undefined) throw error
    throw new Problem({ code: 'spec-not-found', ...unreadable(file, code) })
  }
}

const tooLarge = (file: string) => ({
  message: `${file} is larger than ${formatBytes(mostBytes)}: it is not a spec.`,
  next: 'name your datasets.yaml with --spec FILE.',
})

function unreadable(file: string, code: string): { readonly message: string; readonly next: string } {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        message: `There is no spec at ${file}.`,
        next: 'go to the directory of your datasets.yaml, or name it with --spec FILE.',
      }
    case 'EISDIR':
      return {
        message: `${file} is a directory, not a spec.`,
        next: 'name the file in it: --spec DIR/datasets.yaml.',
      }
    case 'EACCES':
    case 'EPERM':
      return { message: `${file} may not be read by this user.`, next: `allow it: chmod +r ${file}.` }
    default:
      return {
        message: `${file} cannot be read (${code}).`,
        next: 'check that it is a small text file on a sound disk.',
      }
  }
}

function textOf(file: string, bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const decoded = bytes.toString('utf8')
  const start = Math.max(0, decoded.indexOf('\uFFFD'))
  const page = new Page(file, decoded)
  const message = 'The spec is not UTF-8 text from here on.'
  const next = 'save it as UTF-8; if it is no text at all, name another file with --spec FILE.'
  page.mistake({ code: 'yaml-syntax', message, next }, { start, end: start + 1 })
  page.throwMistakes()
  return decoded
}
