/**
 * The door to esbuild: a module of ours and all of ours that it needs, as one script. It is kept beside the packages until one of
 * its files is another: to make it takes longer than to start a thread. Knows no thread.
 */

import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder } from './disk.ts'

const ours = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(ours, 'node_modules/.cache/groundwork')

const bundles = new Map<string, Promise<string>>()

/** CommonJS; `moduleUrl` stands for the address of the module. Throws where it cannot be made: what is wrong with it. */
export function bundled(module: URL): Promise<string> {
  const known = bundles.get(module.href)
  if (known) return known
  const path = fileURLToPath(module)
  const bundling = relative(ours, path).startsWith('..')
    ? make(path).then(({ text }) => text)
    : bundleIn(cache, path)
  bundles.set(module.href, bundling)
  // What kept it from being made may be over by the next time.
  bundling.catch(() => bundles.delete(module.href))
  return bundling
}

/** The script of the module at that path, kept in that folder where it can be. `began`: now, in milliseconds. */
export async function bundleIn(folder: string, path: string, began = Date.now()): Promise<string> {
  const place = join(folder, `${basename(path)}-${sha256(path).slice(0, 16)}`)
  const kept = keptAt(place)
  if (kept !== undefined) return kept
  const { text, files } = await make(path)
  keep(place, text, files, began)
  return text
}

/** What a script was made from, each file with its looks; and its digest, because what was written may be torn. */
interface Label {
  readonly sha256: string
  readonly files: readonly (readonly [path: string, looks: string])[]
}

function keptAt(place: string): string | undefined {
  try {
    const content = readFileSync(place, 'utf8')
    const end = content.indexOf('\n')
    const label = JSON.parse(content.slice(0, end)) as Label
    const text = content.slice(end + 1)
    const isCurrent =
      label.sha256 === sha256(text) && label.files.every(([path, looks]) => looksOf(path) === looks)
    return isCurrent ? text : undefined
  } catch {
    return undefined
  }
}

/** A file that is written while the script is made, or just before, may be another with the same looks. */
const restlessMs = 2000

/** Where it cannot be kept, it is made again by the next run. */
function keep(place: string, text: string, paths: readonly string[], began: number): void {
  const beside = `${place}.${process.pid}`
  try {
    const files = paths.map(path => [path, looksOf(path, began - restlessMs)] as const)
    const label: Label = { sha256: sha256(text), files }
    makeFolder(dirname(place))
    writeFileSync(beside, `${JSON.stringify(label)}\n${text}`)
    renameSync(beside, place)
  } catch {
    leave(beside)
  }
}

/** Nothing half made stays, where it can be removed. */
function leave(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // It could not be written either.
  }
}

/** Throws where it is not there, or was changed later than `untilMs`. */
function looksOf(path: string, untilMs = Number.POSITIVE_INFINITY): string {
  const { size, mtimeMs, ctimeMs } = lstatSync(path)
  if (Math.max(mtimeMs, ctimeMs) > untilMs) throw new Error(`${path} was changed just now`)
  return `${size} ${mtimeMs} ${ctimeMs}`
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

let making = 0

/** `files`: absolute paths of all that decides what the script is. */
async function make(path: string): Promise<{ readonly text: string; readonly files: readonly string[] }> {
  const { build, stop } = await import('esbuild')
  making += 1
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [path],
      absWorkingDir: ours,
      bundle: true,
      write: false,
      metafile: true,
      outfile: `${path}.js`,
      sourcemap: 'inline',
      sourcesContent: false,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      packages: 'external',
      define: { 'import.meta.url': 'moduleUrl' },
      logLevel: 'silent',
    })
    const sources = Object.keys(metafile.inputs).map(input => join(ours, input))
    const esbuild = createRequire(import.meta.url).resolve('esbuild/package.json')
    const settings = ['tsconfig.json', 'package.json'].map(name => join(ours, name))
    const tools = [fileURLToPath(import.meta.url), ...settings, esbuild]
    return { text: outputFiles.map(({ text }) => text).join(''), files: [...sources, ...tools] }
  } finally {
    making -= 1
    // It works in a process of its own, which would stay as long as this one.
    if (making === 0) await stop()
  }
}
