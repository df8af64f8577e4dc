/** Plays a history on a playground, and holds what each build ran against what the oracle names. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { Builder, type Outcome } from '../sweep/builder.ts'
import { playgroundOf, stateOf, type Tree } from '../sweep/tree.ts'
import { scratch } from '../sweep/world.ts'
import { type Act, type History, history, type TargetWish } from './acts.ts'
import { type Content, filesOf, type Source, type Target } from './asked.ts'
import { edit } from './edit.ts'
import { type Foreseen, Oracle } from './oracle.ts'
import { textOf } from './text.ts'
import { type File, files, type Hosts, kindOf, openHosts, type Version } from './world.ts'

export interface Oracles {
  play(history: History): Promise<void>
  /** Shrinks one that goes wrong, as long as there is time. Says how many builds there were. */
  playRandom(options: {
    readonly seed: number
    readonly numRuns: number
    readonly mostMs: number
  }): Promise<number>
  close(): Promise<void>
}

export async function openOracles(): Promise<Oracles> {
  const hosts = await openHosts()
  const builder = new Builder()
  let builds = 0
  const play = async (one: History): Promise<void> => {
    const played = new Play(hosts, builder, one.keep)
    try {
      for (const act of one.acts) await played.do(act)
    } finally {
      builds += played.builds
      played.close()
    }
  }
  return {
    play,
    async playRandom({ mostMs, ...options }) {
      builds = 0
      await fc.assert(fc.asyncProperty(history, play), {
        ...options,
        interruptAfterTimeLimit: mostMs,
        markInterruptAsFailure: true,
      })
      return builds
    },
    async close() {
      builder.close()
      await hosts.mirror.close()
    },
  }
}

class Play {
  builds = 0
  readonly #hosts: Hosts
  readonly #builder: Builder
  readonly #keep: boolean
  readonly #folder = mkdtempSync(join(scratch, 'groundwork-oracle-'))
  readonly #root = join(this.#folder, 'data')
  readonly #oracle = new Oracle()
  #targets: Readonly<Record<string, TargetWish & { readonly count: number }>> = {}
  #dropped: [string, TargetWish & { readonly count: number }][] = []
  readonly #published = new Map<File, Version>(files.map(file => [file, 0]))
  readonly #pins = new Map<File, string>()
  readonly #moved = new Set<File>()
  #serial = 0

  constructor(hosts: Hosts, builder: Builder, keep: boolean) {
    this.#hosts = hosts
    this.#builder = builder
    this.#keep = keep
    mkdirSync(this.#root)
    for (const file of files) hosts.publish(file, 0)
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async do(act: Act): Promise<void> {
    switch (act.act) {
      case 'build':
        return this.#build(act)
      case 'add':
        return this.#want(this.#freshName(), act.wish)
      case 'drop':
        return this.#drop(this.#nameOf(act.target))
      case 'revive': {
        const [name, wish] = this.#dropped[act.target] ?? []
        if (name !== undefined && wish && this.#isFree(name))
          this.#targets = { ...this.#targets, [name]: wish }
        this.#dropped = this.#dropped.filter(([other]) => other !== name)
        return
      }
      case 'call-otherwise':
        return this.#rename(act.target, () => this.#freshName())
      case 'nest':
        return this.#rename(act.target, name =>
          name.endsWith(nest) ? name.slice(0, -nest.length) : name + nest,
        )
      case 'change': {
        const name = this.#nameOf(act.target)
        const wish = name === undefined ? undefined : this.#targets[name]
        if (name !== undefined && wish) this.#want(name, { ...wish, ...act.to })
        return
      }
      case 'publish':
        this.#published.set(act.file, act.version)
        return this.#hosts.publish(act.file, act.version)
      case 'pin': {
        const version = this.#published.get(act.file) ?? 0
        const wanted = act.to === 'published' ? version : version === 0 ? 1 : 0
        this.#pins.delete(act.file)
        if (act.to !== 'none') this.#pins.set(act.file, this.#hosts.contentOf(act.file, wanted).digest)
        return
      }
      case 'readdress':
        if (!this.#moved.delete(act.file)) this.#moved.add(act.file)
        return
      case 'edit':
        this.#serial += 1
        return edit(this.#root, act.file, act.how, this.#serial)
    }
  }

  #freshName(): string {
    this.#serial += 1
    return `t${this.#serial}`
  }

  #rename(target: number, otherwise: (name: string) => string): void {
    const name = this.#nameOf(target)
    const wish = name === undefined ? undefined : this.#targets[name]
    const next = name === undefined ? '' : otherwise(name)
    if (name === undefined || this.#targets[next]) return
    this.#drop(name)
    if (wish) this.#targets = { ...this.#targets, [next]: wish }
  }

  /** No target within another one. */
  #isFree(name: string): boolean {
    const [first] = name.split('/')
    return Object.keys(this.#targets).every(other => other.split('/')[0] !== first)
  }

  #nameOf(number: number): string | undefined {
    const names = Object.keys(this.#targets)
    return names[number % Math.max(1, names.length)]
  }

  #want(name: string, wish: TargetWish): void {
    const count = filesOf(name, this.#targetOf({ ...wish, count: 0 }), this.#contents)
    this.#targets = { ...this.#targets, [name]: { ...wish, count } }
  }

  #drop(name: string | undefined): void {
    const { [name ?? '']: wish, ...rest } = this.#targets
    if (name !== undefined && wish) this.#dropped.push([name, wish])
    this.#targets = rest
  }

  get #contents(): ReadonlyMap<string, Content> {
    return new Map(
      files.flatMap(file =>
        [false, true].map(moved => [
          this.#hosts.addressOf(file, moved),
          this.#hosts.contentOf(file, this.#published.get(file) ?? 0),
        ]),
      ),
    )
  }

  #targetOf(wish: TargetWish & { readonly count: number }): Target {
    return {
      sources: wish.sources.map((file): Source => {
        const kind = kindOf(file)
        const isArchive = kind === 'unzip' || kind === 'untar'
        return {
          kind,
          file,
          address: this.#hosts.addressOf(file, this.#moved.has(file)),
          pin: this.#pins.get(file),
          ...(isArchive && {
            into: `${file.slice(0, -4)}${wish.into}`,
            root: wish.rooted ? 'wrap' : undefined,
          }),
          ...(kind === 'json' && wish.records > 0 && { records: wish.records }),
        }
      }),
      rename: wish.rename === 'none' ? undefined : `.${wish.rename}`,
      expect: wish.expect === 'nothing' ? undefined : wish.count + (wish.expect === 'wrong' ? 1 : 0),
    }
  }

  async #build({ only, force, keepGoing }: Act & { readonly act: 'build' }): Promise<void> {
    const spec = Object.fromEntries(
      Object.entries(this.#targets).map(([name, wish]) => [name, this.#targetOf(wish)]),
    )
    const names = Object.keys(spec)
    if (names.length === 0) return
    this.builds += 1
    const writing = {
      wishes: this.#targets,
      written: (file: File) => this.#written(file),
      keep: this.#keep,
    }
    writeFileSync(join(this.#folder, 'datasets.yaml'), textOf(spec, writing))
    const asked = only === undefined ? names : [names[only % names.length] as string]
    const foreseen = this.#oracle.foresee({
      spec,
      asked,
      force,
      disk: playgroundOf(this.#root),
      archives: digestsIn(stateOf(this.#root), 'archives/'),
      parts: digestsIn(stateOf(this.#root), 'parts/'),
      published: this.#contents,
    })
    const outcome = await this.#builder.run({
      argv: [
        'build',
        ...(only === undefined ? [] : asked),
        '--json',
        ...['--jobs', '1', '--spec', join(this.#folder, 'datasets.yaml'), '--root', this.#root],
        ...(force ? ['--force'] : []),
        ...(keepGoing ? ['--keep-going'] : []),
      ],
      folder: this.#root,
    })
    expectForeseen(foreseen, outcome, keepGoing)
    foreseen.learn(namesIn(outcome, 'task-finished'))
  }

  #written(file: File): string {
    const pin = this.#pins.get(file)
    return `url: '${this.#hosts.addressOf(file, this.#moved.has(file))}'${pin === undefined ? '' : `, sha256: ${pin}`}`
  }
}

/** Behind the name of a target: a folder within it, to move into and out of again. */
const nest = '/in'

const digestsIn = (state: Tree, folder: string): ReadonlySet<string> =>
  new Set(Object.entries(state).flatMap(([path, digest]) => (path.startsWith(folder) ? [digest] : [])))

const namesIn = ({ events }: Outcome, wanted: string): ReadonlySet<string> =>
  new Set(
    events
      .filter(({ event }) => event === wanted)
      .map(({ task }) =>
        String(task)
          .replace(/^download:(.*)@.*$/, 'download:$1')
          .replace(':', ' '),
      ),
  )

const sorted = (names: Iterable<string>): readonly string[] => [...names].toSorted()

function expectForeseen({ runs, fails, blocked }: Foreseen, outcome: Outcome, keepGoing: boolean): void {
  const started = namesIn(outcome, 'task-started')
  // What needs something that fails may have begun with what came of it until then.
  const ran = sorted([...started].filter(name => !blocked.has(name)))
  if (fails.size === 0 || keepGoing) {
    const unnamed = ran.filter(name => !runs.has(name))
    const idle = sorted(runs).filter(name => !ran.includes(name))
    const why = outcome.events.flatMap(({ event, task, reason }) =>
      event === 'task-started' ? [{ task, reason }] : [],
    )
    expect({ unnamed, idle }, JSON.stringify({ unnamed, idle, why })).toEqual({ unnamed: [], idle: [] })
    expect(sorted(namesIn(outcome, 'task-failed'))).toEqual(sorted(fails))
  } else {
    expect(sorted(runs)).toEqual(expect.arrayContaining([...ran]))
    expect(sorted(fails)).toEqual(expect.arrayContaining([...namesIn(outcome, 'task-failed')]))
  }
  expect(outcome.exitCode).toBe(fails.size > 0 ? 1 : 0)
}
