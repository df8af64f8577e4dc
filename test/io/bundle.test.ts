import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { bundled, bundleIn } from '../../lib/io/bundle.ts'

const top = mkdtempSync(join(tmpdir(), 'groundwork-bundle-'))
afterAll(() => rmSync(top, { recursive: true }))

let count = 0
let folder = ''
let cache = ''
let module = ''

beforeEach(() => {
  count += 1
  folder = join(top, String(count))
  cache = join(folder, 'cache')
  module = join(folder, 'main.ts')
  mkdirSync(folder)
  write('main.ts', `import { word } from './word.ts'\nconsole.log(word as string)`)
  write('word.ts', `export const word: string = 'first'`)
})

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

/** Long after the files were written. */
const bundle = (): Promise<string> => bundleIn(cache, module, Date.now() + 60_000)

const keptPaths = (): readonly string[] => readdirSync(cache).map(name => join(cache, name))

/** What is kept says something else, and that it is whole. */
function replaceKept(): void {
  const [path = ''] = keptPaths()
  const content = readFileSync(path, 'utf8')
  const label = JSON.parse(content.slice(0, content.indexOf('\n'))) as object
  const text = 'console.log("kept")'
  const sha256 = createHash('sha256').update(text).digest('hex')
  writeFileSync(path, `${JSON.stringify({ ...label, sha256 })}\n${text}`)
}

test('a script is kept, and made only once', async () => {
  expect(await bundle()).toContain('first')
  expect(keptPaths()).toHaveLength(1)
  replaceKept()
  expect(await bundle()).toBe('console.log("kept")')
})

test('it is made anew when a file that it was made from is another, or gone', async () => {
  await bundle()
  replaceKept()
  write('word.ts', `export const word: string = 'second'`)
  expect(await bundle()).toContain('second')
  rmSync(join(folder, 'word.ts'))
  await expect(bundle()).rejects.toThrow(/word\.ts/)
})

test('what is kept and torn is made anew, wherever it was cut', async () => {
  const whole = await bundle()
  const [path = ''] = keptPaths()
  const content = readFileSync(path, 'utf8')
  const label = content.indexOf('\n')
  for (const length of [0, 1, label - 1, label, label + 1, content.length - 1]) {
    writeFileSync(path, content.slice(0, length))
    expect(await bundle()).toBe(whole)
    expect(readFileSync(path, 'utf8')).toBe(content)
  }
})

test('one that was made from files written just now is not kept', async () => {
  expect(await bundleIn(cache, module)).toContain('first')
  expect(() => readdirSync(cache)).toThrow(/ENOENT/)
})

test.each<[string, () => void]>([
  ['a file lies in the place of the folder', () => writeFileSync(cache, '')],
  ['the folder is a link to itself', () => symlinkSync(cache, cache)],
])('where it cannot be kept it is made all the same: %s', async (_, hinder) => {
  hinder()
  expect(await bundle()).toContain('first')
  expect(await bundle()).toContain('first')
})

test('a thread of ours is a script that names its sources', async () => {
  const script = await bundled(new URL('../../lib/survey/worker.ts', import.meta.url))
  expect(script).toContain('sourceMappingURL')
  expect(() => new Script(script)).not.toThrow()
})
