/**
 * Finds the folder of an archive that is wanted, and says what is there where it is not. Pure: paths in, a prefix or a
 * diagnostic out; knows no archive format.
 */

import { moreRow } from '../../lib/model/few.ts'
import type { DiagnosticDraft, Evidence, Place } from '../../lib/model/problem.ts'
import { plural } from '../../lib/model/units.ts'
import type { Root } from './params.ts'

interface Question {
  readonly root: Root
  /** The target's directory below the root of the playground: its tail is what `auto` looks for. */
  readonly target: string
  /** The archive's name, for messages. */
  readonly archive: string
  /** Where the spec says `root`. */
  readonly place: Place
}

/** `prefix` ends with `/`, or is empty for the whole archive. */
type Answer =
  | { readonly form: 'found'; readonly prefix: string }
  | { readonly form: 'refused'; readonly draft: DiagnosticDraft }

/** `paths`: of the archive's files; gone through more than once. */
export function findRoot(paths: Iterable<string>, question: Question): Answer {
  const { root } = question
  switch (root.form) {
    case 'whole':
      return { form: 'found', prefix: '' }
    case 'folder': {
      const prefix = `${root.path}/`
      if (isBelow(paths, prefix)) return { form: 'found', prefix }
      return { form: 'refused', draft: wrongFolder(root.path, foldersOf(paths), question) }
    }
    case 'auto':
      return findByTail(foldersOf(paths), question)
  }
}

function isBelow(paths: Iterable<string>, prefix: string): boolean {
  for (const path of paths) if (path.startsWith(prefix)) return true
  return false
}

/** The longest tail of the target's path that any folder ends with; exactly one folder may. */
function findByTail(folders: Folders, question: Question): Answer {
  const names = question.target.split('/')
  const tails = names.map((_, i) => names.slice(i).join('/'))
  for (const tail of tails) {
    const candidates = [...folders.keys()].filter(folder => `/${folder}`.endsWith(`/${tail}`))
    if (candidates.length > 1)
      return { form: 'refused', draft: ambiguous(candidates.toSorted(), folders, question) }
    if (candidates[0] !== undefined) return { form: 'found', prefix: `${candidates[0]}/` }
  }
  return { form: 'refused', draft: noTail(tails, folders, question) }
}

interface Folder {
  /** Files in it and below. */
  files: number
  /** Files directly in it. */
  own: number
  readonly children: string[]
}

/** By path; `''` is the archive itself. */
type Folders = ReadonlyMap<string, Folder>

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

function foldersOf(paths: Iterable<string>): Folders {
  const folders = new Map<string, Folder>([['', { files: 0, own: 0, children: [] }]])
  const at = (path: string): Folder => {
    const known = folders.get(path)
    if (known) return known
    const folder: Folder = { files: 0, own: 0, children: [] }
    folders.set(path, folder)
    at(parentOf(path)).children.push(path)
    return folder
  }
  for (const path of paths) {
    let folder = parentOf(path)
    at(folder).own += 1
    for (; folder !== ''; folder = parentOf(folder)) at(folder).files += 1
    at('').files += 1
  }
  return folders
}

/** The folders that an archive is made of, below what only wraps them; the largest first. */
function rootsOf(folders: Folders): readonly string[] {
  const unwrap = (path: string): string => {
    const { own, children } = folders.get(path) as Folder
    return own === 0 && children.length === 1 ? unwrap(children[0] as string) : path
  }
  const top = unwrap('')
  const { own, children } = folders.get(top) as Folder
  const size = (path: string): number => (folders.get(path) as Folder).files
  return [...(own > 0 && top !== '' ? [top] : []), ...children.map(unwrap)].toSorted(
    (a, b) => size(b) - size(a),
  )
}

function wrongFolder(wanted: string, folders: Folders, { archive, place }: Question): DiagnosticDraft {
  const suggestion = similarTo(wanted, folders)
  return {
    code: 'wrong-root',
    place,
    message: `${archive} holds no files below ${wanted}/.`,
    evidence: [{ label: 'wanted', text: wanted }, ...listed(rootsOf(folders), folders)],
    next: suggestion === undefined ? withoutSuggestion(folders) : `write root: ${suggestion} into the spec.`,
  }
}

function noTail(tails: readonly string[], folders: Folders, { archive, place }: Question): DiagnosticDraft {
  return {
    code: 'wrong-root',
    place,
    message: `${archive} holds no folder that ends like the target, which root: auto looks for.`,
    evidence: [
      { label: 'wanted', text: `a folder that ends with ${tails.join(' or ')}` },
      ...listed(rootsOf(folders), folders),
    ],
    next: withoutSuggestion(folders),
  }
}

const withoutSuggestion = (folders: Folders): string =>
  folders.size === 1
    ? 'leave root out.'
    : 'write one of these folders as root, or leave root out to unpack everything.'

function ambiguous(
  candidates: readonly string[],
  folders: Folders,
  { archive, place, target }: Question,
): DiagnosticDraft {
  return {
    code: 'ambiguous-root',
    place,
    message: `${archive} holds ${candidates.length} folders that end like the target ${target}; root: auto takes no guess.`,
    evidence: [{ label: 'wanted', text: 'exactly one' }, ...listed(candidates, folders)],
    next: `write the one that is meant, such as root: ${candidates[0]}`,
  }
}

/** The folder with the same last name, else the same but for case, else the only one. */
function similarTo(wanted: string, folders: Folders): string | undefined {
  const last = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
  const paths = [...folders.keys()].filter(path => path !== '').toSorted((a, b) => a.length - b.length)
  const roots = rootsOf(folders)
  return (
    paths.find(path => last(path) === last(wanted)) ??
    paths.find(path => last(path).toLowerCase() === last(wanted).toLowerCase()) ??
    (roots.length === 1 ? roots[0] : undefined)
  )
}

const listedAtMost = 10

function listed(paths: readonly string[], folders: Folders): readonly Evidence[] {
  if (paths.length === 0)
    return [{ label: 'found', text: `no folder, ${plural((folders.get('') as Folder).files, 'file')}` }]
  const shown = paths.slice(0, listedAtMost)
  const width = Math.max(...shown.map(path => path.length))
  const rows = shown.map(path => ({
    label: 'found',
    text: `${path.padEnd(width)}  ${plural((folders.get(path) as Folder).files, 'file')}`,
  }))
  return [...rows, ...moreRow(paths.length - shown.length)]
}
