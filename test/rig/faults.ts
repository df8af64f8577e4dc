/**
 * Loaded into a child process before anything else: counts the calls to node:fs that change a watched folder, and lets
 * one of them fail, or kills the process at it. Knows nothing of Groundwork. (test/state/disk-steps.ts mocks the like
 * within one test process, synchronous calls only; a real kill needs a process of its own.)
 */

import fs, { type PathLike, type RmOptions } from 'node:fs'
import promises, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { fileURLToPath } from 'node:url'

/** What happens at the call: an error instead of it, or death right before it, or when half of it is done. */
export type Strike = 'EIO' | 'ENOSPC' | 'kill' | 'tear'

export interface Fault {
  /** Of the changing calls, counted from 1; or the first one whose text (`rename notes/a.json`) matches this pattern. */
  readonly at: number | string
  readonly strike: Strike
}

/** What a watch saw: the changing calls in order, and whether the fault came to pass. */
export interface Watch {
  readonly folder: string
  readonly fault: Fault | undefined
  readonly calls: string[]
  struck: boolean
}

let watch: Watch | undefined

/** Begins to count the calls that change something below `folder` (absolute). */
export function watchDisk(folder: string, fault?: Fault): Watch {
  watch = { folder: `${folder}/`, fault, calls: [], struck: false }
  return watch
}

export const stopWatching = (): void => void (watch = undefined)

type Call = (...parameters: never[]) => unknown

const real = { ...fs }
/** Of files below the watched folder that are open for writing or syncing. */
const handles = new Set<number>()
/** What a watched call does within itself is part of it. */
let within = false

const pathOf = (path: unknown): string => (path instanceof URL ? fileURLToPath(path) : String(path))

const isWatched = (path: unknown): boolean =>
  typeof path === 'number' ? handles.has(path) : watch !== undefined && pathOf(path).startsWith(watch.folder)

const writing = fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_TRUNC
const isForWriting = (flags: unknown): boolean =>
  typeof flags === 'number' ? (flags & writing) !== 0 : typeof flags === 'string' && /[wa+]/.test(flags)

const isDue = ({ at }: Fault, calls: readonly string[]): boolean =>
  typeof at === 'number' ? calls.length === at : new RegExp(at).test(calls.at(-1) ?? '')

/** Counts a call and strikes where it is its turn. `half` does the first half of it. */
function count(name: string, path: unknown, half: () => void): void {
  if (watch === undefined || within || !isWatched(path)) return
  const { calls, fault, folder } = watch
  calls.push(`${name} ${typeof path === 'number' ? 'handle' : pathOf(path).slice(folder.length)}`)
  if (fault === undefined || watch.struck || !isDue(fault, calls)) return
  watch.struck = true
  switch (fault.strike) {
    case 'EIO':
    case 'ENOSPC':
      throw Object.assign(new Error(`${fault.strike}: told to fail, ${name}`), {
        code: fault.strike,
        errno: -1,
        syscall: name,
      })
    case 'tear':
      half()
      return die()
    case 'kill':
      return die()
  }
}

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // Nothing more is done until the signal arrives.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  throw new Error('unreachable')
}

const nothing = (): void => {}

/** Half of what a call would do, for those that do it piece by piece. */
const halves: Readonly<Record<string, (...parameters: never[]) => void>> = {
  writeSync: (handle: number, bytes: Uint8Array, at = 0, length = bytes.length) => {
    if (typeof bytes !== 'string') real.writeSync(handle, bytes, at, Math.floor(length / 2))
  },
  writeFileSync: (path: PathLike, content: string | Uint8Array) =>
    real.writeFileSync(path, content.slice(0, content.length / 2)),
  copyFile: (from: PathLike, to: PathLike) => {
    real.copyFileSync(from, to)
    real.truncateSync(to, Math.floor(real.statSync(to).size / 2))
  },
  rmSync: (path: string, options?: RmOptions) => {
    if (options?.recursive !== true || !real.lstatSync(path).isDirectory()) return
    const names = real.readdirSync(path, { recursive: true, withFileTypes: true })
    const files = names.filter(entry => !entry.isDirectory())
    for (const file of files.slice(0, Math.ceil(files.length / 2)))
      real.rmSync(`${file.parentPath}/${file.name}`)
  },
}

/** Whether a call of that name can be struck in its middle. */
export const isTearable = (name: string): boolean =>
  name.replace('copyFileSync', 'copyFile') in halves || name.startsWith('FileHandle.write')

/** The position of the path that a call changes. */
const changing = {
  sync: {
    mkdirSync: 0,
    renameSync: 1,
    linkSync: 1,
    symlinkSync: 1,
    unlinkSync: 0,
    rmdirSync: 0,
    rmSync: 0,
    copyFileSync: 1,
    cpSync: 1,
    writeFileSync: 0,
    appendFileSync: 0,
    truncateSync: 0,
    utimesSync: 0,
    chmodSync: 0,
    writeSync: 0,
    fsyncSync: 0,
    fdatasyncSync: 0,
    ftruncateSync: 0,
  },
  promises: {
    mkdir: 0,
    rename: 1,
    link: 1,
    symlink: 1,
    unlink: 0,
    rmdir: 0,
    rm: 0,
    copyFile: 1,
    cp: 1,
    writeFile: 0,
    appendFile: 0,
    truncate: 0,
    utimes: 0,
    chmod: 0,
  },
  handle: ['write', 'writev', 'writeFile', 'appendFile', 'sync', 'datasync', 'truncate'],
} as const

const replaced = (owner: object, name: string, wrap: (call: Call) => Call): void => {
  const of = owner as Record<string, Call>
  of[name] = wrap(of[name] as Call)
}

function wrapSync(name: string, position: number): void {
  replaced(fs, name, call => (...parameters) => {
    count(name, parameters[position], () => halves[name.replace('copyFileSync', 'copyFile')]?.(...parameters))
    const outer = within
    within = true
    try {
      return call(...parameters)
    } finally {
      within = outer
    }
  })
}

function wrapPromise(name: string, position: number): void {
  replaced(promises, name, call => async (...parameters) => {
    count(name, parameters[position], () => halves[name]?.(...parameters))
    return call(...parameters)
  })
}

function wrapOpening(): void {
  replaced(fs, 'openSync', call => (...[path, flags, mode]) => {
    if (isForWriting(flags)) count('openSync', path, nothing)
    const handle = call(path as never, flags as never, mode as never) as number
    handles.delete(handle)
    if (isWatched(path)) handles.add(handle)
    return handle
  })
  replaced(promises, 'open', call => async (...[path, flags, mode]) => {
    if (isForWriting(flags)) count('open', path, nothing)
    const file = (await call(path as never, flags as never, mode as never)) as FileHandle
    handles.delete(file.fd)
    if (isWatched(path)) handles.add(file.fd)
    return file
  })
}

function wrapHandle(file: FileHandle): void {
  const prototype = Object.getPrototypeOf(file) as object
  for (const name of changing.handle)
    replaced(
      prototype,
      name,
      call =>
        async function (this: FileHandle, ...parameters: never[]) {
          const [bytes, at, length, position] = parameters as unknown[]
          count(`FileHandle.${name}`, this.fd, () => {
            if (!(bytes instanceof Uint8Array)) return
            const half = Math.floor(Number(length ?? bytes.length) / 2)
            real.writeSync(this.fd, bytes, Number(at ?? 0), half, (position as number | undefined) ?? null)
          })
          return call.apply(this, parameters)
        },
    )
}

for (const [name, position] of Object.entries(changing.sync)) wrapSync(name, position)
for (const [name, position] of Object.entries(changing.promises)) wrapPromise(name, position)
wrapOpening()
const own = await promises.open(fileURLToPath(import.meta.url))
wrapHandle(own)
await own.close()
syncBuiltinESMExports()
