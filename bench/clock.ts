/** Measures one piece of work of this process and leaves what it took where the bench looks for it. */

import { writeFileSync } from 'node:fs'
import { clockFile } from './footprint.ts'

/** All threads of the process count. The folder is the one that the bench started it in. */
export async function clocked(work: () => Promise<unknown>): Promise<void> {
  const [startMs, startCpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(startCpu)
  const clock = { seconds: (performance.now() - startMs) / 1000, cpuSeconds: (user + system) / 1e6 }
  writeFileSync(clockFile, JSON.stringify(clock))
}
