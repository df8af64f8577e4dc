/**
 * Plays a history on a playground and holds each build against one of the same spec into an empty folder: the same tree,
 * nothing of a person lost, nothing done that was not foretold, and nothing at all the second time.
 */

import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { safeName } from '../../lib/knowledge.ts'
import { resultsOf } from '../../lib/model/receipt.ts'
import { openReceipts } from '../../lib/receipts/receipts.ts'
import type { Act, Edit } from './acts.ts'
import type { Builder, Event, Outcome } from './builder.ts'
import { build, codesOf, expectToldFailure } from './sweep.ts'
import { asideOf, passingOf, playgroundOf, type Tree } from './tree.ts'
import { type Published, textOf, type Wish } from './wish.ts'
import { type Name, type Version, versionedDigests, type World } from './world.ts'

/** Clean trees by everything that decides them; undefined where the build fails. */
export type CleanTrees = Map<string, Tree | undefined>

export class Play {
  readonly #world: World
  readonly #builder: Builder
  readonly #clean: CleanTrees
  #root: string
  #wish: Wish = {}
  #published: Published = { 'alpha.zip': 1, 'beta.zip': 1, 'shared.zip': 1, 'notes.json': 1, LICENSE: 1 }
  /** Contents that a person wrote and that are still there. */
  #personal = new Set<string>()
  /** Paths of which all records were deleted. */
  #forgotten = new Set<string>()
  #edits = 0

  constructor(world: World, builder: Builder, clean: CleanTrees) {
    this.#world = world
    this.#builder = builder
    this.#clean = clean
    this.#root = join(world.folder, 'data')
    for (const name of Object.keys(this.#published) as Name[]) world.publish(name, 1)
    rmSync(this.#root, { recursive: true, force: true })
    mkdirSync(this.#root)
  }

  async play(acts: readonly Act[]): Promise<void> {
    try {
      for (const act of acts) await this.#do(act)
    } finally {
      rmSync(this.#root, { recursive: true, force: true })
    }
  }

  async #do(act: Act): Promise<void> {
    switch (act.act) {
      case 'build':
        return this.#build()
      case 'crash':
        return this.#crash(act.at, act.strike)
      case 'want':
        this.#wish = { ...this.#wish, [act.target]: act.wish }
        return
      case 'drop': {
        const { [act.target]: _, ...rest } = this.#wish
        this.#wish = rest
        return
      }
      case 'change':
        return this.#change(act.target, act.to)
      case 'swap':
        return this.#change(act.target, { sources: this.#wish[act.target]?.sources.toReversed() ?? [] })
      case 'publish':
        return this.#publish(act.name, act.version)
      case 'edit':
        return this.#edit(act.file, act.how)
      case 'forget':
        for (const path of Object.keys(playgroundOf(this.#root))) this.#forgotten.add(path)
        rmSync(join(this.#root, '.groundwork'), { recursive: true, force: true })
        return this.#recount()
      case 'move': {
        const goal = join(this.#world.folder, this.#root.endsWith('data') ? 'moved' : 'data')
        renameSync(this.#root, goal)
        this.#root = goal
        return
      }
    }
  }

  #change(target: string, to: Partial<Wish[string]>): void {
    const wish = this.#wish[target]
    if (wish) this.#wish = { ...this.#wish, [target]: { ...wish, ...to } }
  }

  #publish(name: Name, version: Version): void {
    // What is the same is not published again: its time would change.
    if (this.#published[name] === version) return
    this.#world.publish(name, version)
    this.#published = { ...this.#published, [name]: version }
  }

  #edit(number: number, how: Edit): void {
    const tree = Object.entries(playgroundOf(this.#root)).filter(([, digest]) => !digest.startsWith('→'))
    const path = tree[number % Math.max(1, tree.length)]?.[0]
    if (path === undefined) return
    this.#edits += 1
    const file = join(this.#root, path)
    const mine = `mine ${this.#edits}`
    switch (how) {
      case 'flip': {
        const bytes = readFileSync(file)
        bytes[0] = (bytes[0] ?? 0) ^ (0x80 + (this.#edits % 0x7f))
        writeFileSync(file, bytes)
        break
      }
      case 'delete':
        rmSync(file)
        break
      case 'touch':
        utimesSync(file, 1e9 + this.#edits, 1e9 + this.#edits)
        break
      case 'neighbour':
        writeFileSync(join(dirname(file), `mine-${this.#edits % 3}.jpg`), mine)
        break
      case 'folder':
        rmSync(file)
        mkdirSync(file)
        writeFileSync(join(file, 'mine'), mine)
        break
      case 'link':
        rmSync(file)
        symlinkSync(mine, file)
        break
    }
    this.#recount()
  }

  /** What a person has there now: everything that no archive holds. */
  #recount(): void {
    this.#personal = new Set(this.#contents().filter(digest => !versionedDigests.has(digest)))
  }

  #contents(): readonly string[] {
    return [...Object.values(playgroundOf(this.#root)), ...Object.values(asideOf(this.#root))]
  }

  async #crash(at: number, strike: 'kill' | 'tear'): Promise<void> {
    this.#write()
    const outcome = await build(this.#builder, this.#here, { fault: { at, strike } })
    if (!outcome.killed) this.#expectTold(outcome)
    this.#expectNothingLost('a crash')
  }

  async #build(): Promise<void> {
    const text = this.#write()
    const clean = await this.#cleanTree(text)
    const forecast = await build(this.#builder, this.#here, { dryRun: true })
    expect(forecast.calls, 'a dry run').toEqual([])
    const outcome = await build(this.#builder, this.#here)
    this.#expectTold(outcome)
    this.#expectNothingLost('a build')
    const started = outcome.events.filter(({ event }) => event === 'task-started').map(({ task }) => task)
    if (forecast.exitCode === 0) {
      const foretold = stepsOf(forecast).filter(({ verdict }) => verdict !== 'fresh')
      for (const task of started)
        expect(
          foretold.map(step => step.task),
          'foretold',
        ).toContain(task)
    }
    if (clean !== undefined) expect(outcome.exitCode, `exit code; told: ${codesOf(outcome).join()}`).toBe(0)
    if (outcome.exitCode !== 0) return

    if (clean !== undefined) this.#expectTree(clean, stepsOf(forecast))
    const left = this.#leftInState(stepsOf(forecast)).filter(
      // What killed builds left half made is swept by the next one that has something to do. A probe of five bytes
      // stays, where a build was killed at the moment in which it took over the lock of another.
      path =>
        /^(archives|parts|shelf)\//.test(path) || (outcome.calls.length > 0 && !path.startsWith('.probe-')),
    )
    expect(left, 'left in the state').toEqual([])
    const again = await build(this.#builder, this.#here)
    expect(again.summary, 'the second build').toMatchObject({ ran: 0, requests: 0, exitCode: 0 })
    expect(again.calls, 'the second build').toEqual([])
  }

  get #here(): World {
    return { ...this.#world, root: this.#root }
  }

  #write(): string {
    const text = textOf(this.#wish, this.#published, this.#world.mirror.url)
    this.#world.write(text)
    return text
  }

  async #cleanTree(text: string): Promise<Tree | undefined> {
    const key = text.replace(/title: .*/g, '') + JSON.stringify(this.#published)
    if (this.#clean.has(key)) return this.#clean.get(key)
    const root = join(this.#world.folder, 'clean')
    const outcome = await build(this.#builder, { ...this.#world, root })
    this.#expectTold(outcome)
    const tree = outcome.exitCode === 0 ? playgroundOf(root) : undefined
    rmSync(root, { recursive: true, force: true })
    this.#clean.set(key, tree)
    return tree
  }

  #expectTold(outcome: Outcome): void {
    if (outcome.exitCode !== 2) expectToldFailure(outcome, 'a build')
  }

  /** What a person wrote is where it was, or set aside; and nothing is half there. */
  #expectNothingLost(after: string): void {
    const contents = this.#contents()
    for (const digest of this.#personal) expect(contents, `of a person, after ${after}`).toContain(digest)
    for (const digest of contents)
      expect(versionedDigests.has(digest) || this.#personal.has(digest), `${digest} is whole`).toBe(true)
  }

  /** The tree of a clean build; more than that only what a person put there, or what `prune` is for. */
  #expectTree(clean: Tree, steps: readonly Event[]): void {
    const found = playgroundOf(this.#root)
    const more = Object.entries(found).filter(([path]) => clean[path] === undefined)
    const orphans = this.#orphans(new Set(steps.map(({ task }) => String(task))))
    const unexplained = more.filter(
      ([path, digest]) => !this.#personal.has(digest) && !this.#forgotten.has(path) && !orphans.has(path),
    )
    expect({ ...clean, ...Object.fromEntries(unexplained) }).toEqual(clean)
    expect(found).toMatchObject(clean)
  }

  /** What does not last and lies there all the same, except for tasks that the spec does not name any more. */
  #leftInState(steps: readonly Event[]): readonly string[] {
    const tasks = steps.map(({ task }) => String(task))
    const orphans = [...this.#orphans(new Set(tasks))]
    return Object.keys(passingOf(this.#root)).filter(path => {
      const [folder, name = ''] = path.split('/')
      if (folder === 'shelf') return tasks.some(task => safeName(task) === name)
      return !orphans.some(at => `.groundwork/${path}`.startsWith(at))
    })
  }

  /** Files below the root that are recorded of tasks which the spec does not name any more. */
  #orphans(named: ReadonlySet<string>): ReadonlySet<string> {
    const receipts = openReceipts(join(this.#root, '.groundwork'), { readOnly: true })
    const found = new Set<string>()
    const gone = [...receipts.all()].filter(([task]) => !named.has(task))
    for (const { at, manifest: name, digest } of gone.flatMap(([, memory]) => resultsOf(memory))) {
      const manifest = name === '' ? undefined : receipts.loadManifest({ manifest: name, digest })
      found.add(at)
      for (let i = 0; i < (manifest?.count ?? 0); i += 1) found.add(`${at}/${manifest?.path(i)}`)
    }
    return found
  }
}

const stepsOf = ({ events }: Outcome): readonly Event[] =>
  (events.find(({ event }) => event === 'plan')?.['steps'] ?? []) as readonly Event[]
