/** Makes what lies below a folder of the staging folder the whole of it. */

import { randomUUID } from 'node:crypto'
import { readdirSync, renameSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { remove } from '../../lib/io/disk.ts'

/** `prefix`: of the paths that stay, with `/` at its end; empty for all. Only renames: nothing is read or written again. */
export function cutTo(staging: string, prefix: string): void {
  if (prefix === '') return
  const cut = `.cut-${randomUUID()}`
  renameSync(join(staging, prefix), join(staging, cut))
  for (const name of readdirSync(staging)) if (name !== cut) remove(join(staging, name))
  for (const name of readdirSync(join(staging, cut)))
    renameSync(join(staging, cut, name), join(staging, name))
  rmdirSync(join(staging, cut))
}
