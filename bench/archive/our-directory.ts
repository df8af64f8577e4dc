/** A process of its own: reads the directory of a zip as a build does, and tells its seconds. */

import { closeSync, openSync } from 'node:fs'
import { overHandle } from '../../lib/io/zip/random-access.ts'
import { openZip } from '../../lib/io/zip.ts'
import { clocked } from '../clock.ts'

const [path = ''] = process.argv.slice(2)

await clocked(async () => {
  const handle = openSync(path, 'r')
  await openZip(overHandle(handle, path))
  closeSync(handle)
})
