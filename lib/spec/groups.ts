/** Groups: every member must exist, and no group may contain itself. Works on a spec that may be incomplete. */

import { below } from '../model/spec.ts'
import { didYouMean } from '../model/suggest.ts'
import type { Loose } from './check.ts'
import type { Page } from './page.ts'
import type { SpecValue } from './shape.ts'
import { normalDirectory } from './values.ts'

type Groups = ReadonlyMap<string, readonly (string | undefined)[] | undefined>

export function checkGroups(spec: Loose<SpecValue>, page: Page): void {
  const groups: Groups = new Map(Object.entries(spec.groups ?? {}))
  const directories = directoriesOf(Object.keys(spec.targets ?? {}))
  checkMembers(groups, directories, page)
  for (const { path, pointer } of loopsOf(groups, directories)) {
    const message = `The group "${path[0]}" contains itself.`
    const evidence = [{ label: 'loop', text: path.join(' -> ') }]
    const next = 'remove one of these names from its group.'
    page.mistakeAt({ code: 'group-cycle', message, evidence, next }, pointer)
  }
}

function checkMembers(groups: Groups, directories: ReadonlySet<string>, page: Page): void {
  const known = [...groups.keys(), ...directories]
  for (const [group, members = []] of groups)
    for (const [i, member] of members.entries()) {
      if (member === undefined || groups.has(member) || directories.has(normalDirectory(member))) continue
      const message = `The group "${group}" names "${member}", which is neither a group nor a target.`
      const next = didYouMean(member, known) ?? 'add it under "targets:" or "groups:", or remove it here.'
      page.mistakeAt({ code: 'unknown-name', message, next }, below('groups', group, i))
    }
}

/** Every target and every directory above one. */
function directoriesOf(targets: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const target of targets) {
    let path = normalDirectory(target)
    while (path !== '' && !found.has(path)) {
      found.add(path)
      path = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    }
  }
  return found
}

interface Loop {
  /** The first name stands at the end again. */
  readonly path: readonly string[]
  /** Of the member that closes it. */
  readonly pointer: string
}

/** Walks the groups in depth, with a stack of its own: a chain of groups may be long. */
function loopsOf(groups: Groups, directories: ReadonlySet<string>): readonly Loop[] {
  const loops: Loop[] = []
  const done = new Set<string>()
  for (const start of groups.keys()) {
    const path = done.has(start) ? [] : [start]
    /** The member to look at next, of each group on the path. */
    const next = new Map(path.map(group => [group, 0]))
    for (let group = path.at(-1); group !== undefined; group = path.at(-1)) {
      const i = next.get(group) ?? 0
      const members = groups.get(group) ?? []
      if (i >= members.length) {
        done.add(group)
        next.delete(group)
        path.pop()
        continue
      }
      next.set(group, i + 1)
      const member = members[i]
      // In a group of its own name, a name is the directory: `vg: [vg, vg-questions]`.
      const directory = member === group && directories.has(member)
      if (member === undefined || !groups.has(member) || done.has(member) || directory) continue
      if (next.has(member))
        loops.push({
          path: [...path.slice(path.indexOf(member)), member],
          pointer: below('groups', group, i),
        })
      else {
        path.push(member)
        next.set(member, 0)
      }
    }
  }
  return loops
}
