/** Runs one command and tells what it cost: time, processor and memory of all its processes. Needs bash and /proc. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'

export interface Usage {
  readonly seconds: number
  /** User and system, of the whole tree of processes. */
  readonly cpuSeconds: number
  /** The most that one of the processes held in memory. */
  readonly peakBytes: number
}

/** What the command says lies in `messages.txt` of its folder; where it fails, the end of that is thrown. */
export async function footprintOf(command: readonly string[], cwd: string): Promise<Usage> {
  const timing = 'TIMEFORMAT="%R %U %S"; time "$@" >messages.txt 2>&1'
  const shell = execa('bash', ['-c', timing, 'bash', ...command], { cwd, stdin: 'ignore', reject: false })
  let peakBytes = 0
  const watching = setInterval(() => {
    for (const pid of below(String(shell.pid))) peakBytes = Math.max(peakBytes, peakOf(pid))
  }, 20)
  const { failed, stderr } = await shell
  clearInterval(watching)
  if (failed) {
    const messages = readFileSync(join(cwd, 'messages.txt'), 'utf8').split('\n').slice(-15).join('\n')
    throw new Error(`${command.join(' ')} failed:\n${messages}`)
  }
  const [seconds = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number)
  return { seconds, cpuSeconds: user + system, peakBytes }
}

function below(pid: string): readonly string[] {
  const children = textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean)
  return children.flatMap(child => [child, ...below(child)])
}

/** The kernel keeps the high-water mark: looking now and then misses little. */
const peakOf = (pid: string): number =>
  1024 * Number(/^VmHWM:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0)

/** Empty where the process has ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
