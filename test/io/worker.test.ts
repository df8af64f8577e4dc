import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { startWorker } from '../../lib/io/worker.ts'

const folder = mkdtempSync(join(tmpdir(), 'groundwork-worker-'))
afterAll(() => rmSync(folder, { recursive: true }))

function moduleOf(name: string, text: string): URL {
  const path = join(folder, name)
  writeFileSync(path, text)
  return pathToFileURL(path)
}

const answersOf = (module: URL, told: readonly number[]): Promise<readonly unknown[]> =>
  new Promise((resolve, reject) => {
    const answers: unknown[] = []
    const worker = startWorker(module, {
      hear(answer) {
        answers.push(answer)
        if (answers.length < told.length) return
        resolve(answers)
        void worker.terminate()
      },
      end: reject,
    })
    worker.ref()
    for (const number of told) worker.postMessage(number)
  })

moduleOf('double.ts', 'export const double = (n: number): number => 2 * n')
const doubling = moduleOf(
  'doubling.ts',
  `import { parentPort } from 'node:worker_threads'
   import { double } from './double.ts'
   parentPort?.on('message', (n: number) => parentPort?.postMessage([double(n), import.meta.url]))`,
)

test('what a thread is told before it runs is not lost, and it knows where it stands', async () => {
  const all = await Promise.all([answersOf(doubling, [1, 2, 3]), answersOf(doubling, [4])])
  expect(all).toEqual([[2, 4, 6].map(n => [n, doubling.href]), [[8, doubling.href]]])
})

test('a module that is none, and one that throws, end the thread with an error', async () => {
  await expect(answersOf(moduleOf('none.ts', 'const = 1'), [1])).rejects.toThrow(/none\.ts/)
  const throwing = moduleOf('throws.ts', 'const why: string = "not today"\n\nthrow new Error(why)')
  const error: unknown = await answersOf(throwing, [1]).catch((error: unknown) => error)
  expect(error).toMatchObject({ message: 'not today' })
  expect((error as Error).stack).toContain('throws.ts:3:')
})

test('a thread that nobody waits for does not keep the process alive', async () => {
  const door = new URL('../../lib/io/worker.ts', import.meta.url).href
  const program = moduleOf(
    'idle.ts',
    `import { startWorker } from '${door}'
     startWorker(new URL('${doubling.href}'), { hear() {}, end() {} })`,
  )
  const tsx = import.meta.resolve('tsx')
  await execa(process.execPath, ['--import', tsx, fileURLToPath(program)], { timeout: 30_000 })
})
