/** `npm run bench -- NAME…`: measures, side by side with peers in one run, and prints ratios. Without a name, all. */

import { annotating } from './annotations.ts'
import { archiving } from './archive.ts'
import { ending, heedSignals } from './ending.ts'
import { checking } from './freshness.ts'
import { startUp } from './startup.ts'
import { transferring } from './transfer.ts'

const benches: Readonly<Record<string, () => Promise<void>>> = {
  startup: startUp,
  transfer: transferring,
  archive: archiving,
  freshness: checking,
  annotations: annotating,
}

const asked = process.argv.slice(2)
const unknown = asked.filter(name => !(name in benches))
if (unknown.length > 0) {
  console.error(`No bench is called ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}.`)
  process.exitCode = 2
} else {
  heedSignals()
  try {
    for (const [name, bench] of Object.entries(benches))
      if (asked.length === 0 || asked.includes(name)) await bench()
  } catch (error) {
    if (!ending.aborted) throw error
  }
}
