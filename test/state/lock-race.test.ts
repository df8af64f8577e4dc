/** The lock between real processes: no mocks, no machine but this one. */

import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { thisMachine } from '../../lib/io/machine.ts'
import { takeLock } from '../../lib/lock.ts'
import { stateFolder } from './samples.ts'

const script = fileURLToPath(new URL('contender.ts', import.meta.url))

/** Started and ready to take the lock at a word. */
async function contender(folder: string, runId: string) {
  const child = execa(process.execPath, ['--import', 'tsx', script, folder, runId], { timeout: 50_000 })
  onTestFinished(() => void child.kill('SIGKILL'))
  // Its end is waited for where it matters.
  child.catch(() => {})
  const said = child.iterable()
  await said.next()
  return {
    runId,
    pid: child.pid as number,
    async takes(): Promise<string | undefined> {
      child.stdin.write('go\n')
      return (await said.next()).value
    },
    async killed(): Promise<void> {
      child.kill('SIGKILL')
      await child.catch(() => {})
    },
    async ended(): Promise<void> {
      child.stdin.end()
      await child
    },
  }
}

test('of many processes that come at once, one wins; when it is killed, one wins again, at once', async () => {
  const folder = stateFolder()
  const all = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(runId => contender(folder, runId)))
  const race = async (racers: typeof all) => {
    const words = await Promise.all(racers.map(racer => racer.takes()))
    const winners = racers.filter((_, i) => words[i] === 'won')
    expect(winners).toHaveLength(1)
    expect(words.filter(word => word === 'lock-held')).toHaveLength(racers.length - 1)
    expect(readdirSync(join(folder, 'lock'))).toEqual([`${winners[0]?.runId}.json`])
    return winners[0]
  }
  const first = await race(all.slice(0, 3))
  expect(thisMachine().startOf(first?.pid ?? 0)).toBeDefined()
  await first?.killed()
  expect(thisMachine().startOf(first?.pid ?? 0)).toBeUndefined()
  const second = await race(all.slice(3))
  await second?.killed()
  takeLock(folder, { runId: 'last', onLost: () => {} }).release()
  expect(readdirSync(folder)).toEqual([])
})

test('the lock does not keep a process alive, and what it leaves is taken over', async () => {
  const folder = stateFolder()
  const child = await contender(folder, 'a')
  expect(await child.takes()).toBe('won')
  await child.ended()
  expect(readdirSync(join(folder, 'lock'))).toEqual(['a.json'])
  takeLock(folder, { runId: 'b', onLost: () => {} }).release()
  expect(readdirSync(folder)).toEqual([])
})

test('a process is told by pid and start time', async () => {
  const machine = thisMachine()
  expect(machine.startOf(machine.pid)).toBe(machine.startOf(machine.pid))
  expect(machine.startOf(machine.pid)).toBeDefined()
  const child = execa(process.execPath, ['-e', ''])
  const pid = child.pid as number
  await once(child, 'exit')
  await child
  expect(machine.startOf(pid)).toBeUndefined()
})
