/** A process of its own: loads all manifests of a playground as a build does, and tells its seconds. */

import { readdirSync } from 'node:fs'
import { loadManifest } from '../../lib/receipts/manifests.ts'
import { clocked } from '../clock.ts'

const [folder = ''] = process.argv.slice(2)

let entries = 0
await clocked(async () => {
  for (const name of readdirSync(folder)) entries += loadManifest(folder, name)?.count ?? 0
})
console.log(`${entries} entries`)
