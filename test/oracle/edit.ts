/** What a person does to a file of a playground. */

import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { playgroundOf } from '../sweep/tree.ts'
import type { Edit } from './acts.ts'

/** `serial`: another one each time. */
export function edit(root: string, number: number, how: Edit, serial: number): void {
  const tree = Object.entries(playgroundOf(root)).filter(([, digest]) => !digest.startsWith('→'))
  const path = tree[number % Math.max(1, tree.length)]?.[0]
  if (path === undefined) return
  const file = join(root, path)
  const { atime, mtime } = statSync(file)
  const mine = `mine ${serial}`
  switch (how) {
    case 'touch':
      return utimesSync(file, 1e9 + serial, 1e9 + serial)
    case 'flip':
    case 'flip-and-touch': {
      const bytes = readFileSync(file)
      bytes[0] = (bytes[0] ?? 0) ^ (0x80 + (serial % 0x7f))
      writeFileSync(file, bytes)
      if (how === 'flip-and-touch') utimesSync(file, atime, mtime)
      return
    }
    case 'longer':
      return writeFileSync(file, mine, { flag: 'a' })
    case 'delete':
      return rmSync(file)
    case 'stranger':
      return writeFileSync(join(dirname(file), `mine-${serial}.png`), mine)
    case 'folder':
      rmSync(file)
      mkdirSync(file)
      return writeFileSync(join(file, 'mine'), mine)
    case 'link':
      rmSync(file)
      return symlinkSync(mine, file)
  }
}
