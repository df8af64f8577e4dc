/** Which images an annotation names, and which of them are there: by the records of what was built, else by a look at the disk. */

import { statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { errorCode, lookThroughWritten } from '../../lib/io/disk.ts'
import { glimpseOf } from '../../lib/io/glimpse.ts'
import { type Batch, mostRecords } from '../../lib/io/json/batch.ts'
import type { OddImage } from '../../lib/io/json/image-value.ts'
import { recordsOf } from '../../lib/io/json-stream.ts'
import { Turns } from '../../lib/io/turns.ts'
import { belowRootOf, prefixOf } from '../../lib/model/annotation.ts'
import { groupedBy } from '../../lib/model/grouped.ts'
import { imageHeadBytes, imageTypeOf, isImageName } from '../../lib/model/image.ts'
import { imageFlawOf, inWords } from '../../lib/model/image-flaw.ts'
import type { PathTable, Spans } from '../../lib/model/path-table.ts'

export interface Lost {
  /** As the annotation writes it. */
  readonly image: string
  /** Below the root; undefined where it leads out of it. */
  readonly path: string | undefined
  readonly state: 'empty' | 'absent' | 'no-image'
  /** What it is instead of an image. */
  readonly is?: string
  /** The first record that names it, from 1. */
  readonly record: number
}

/** Of records under whose `image` something stands that is no path. */
export interface Odd {
  readonly what: OddImage
  readonly count: number
  /** The first of them, from 1. */
  readonly record: number
}

/** Paths that begin with a slash: they are looked for as if they did not. */
export interface Rooted {
  readonly count: number
  /** The first of them, and the first record that names it. */
  readonly image: string
  readonly record: number
}

interface Prefix {
  named: number
  found: number
}

export interface Named {
  /** Distinct images. */
  readonly count: number
  readonly lost: readonly Lost[]
  /** By the first two folders of the path. */
  readonly prefixes: ReadonlyMap<string, Prefix>
  /** Which manifests of the table have some of them. */
  readonly holders: ReadonlySet<number>
  /** Found by a look at the disk: no record in the table has them. */
  readonly unrecorded: number
  readonly records: number
  /** Records without `image`. */
  readonly textOnly: number
  /** The most frequent first. A list that has paths too is among them, and these are looked for. */
  readonly odd: readonly Odd[]
  readonly rooted: Rooted | undefined
}

interface Looking {
  readonly root: string
  /** The annotation's file; absolute. */
  readonly file: string
  readonly name: string
  /** Below the root: what its paths begin in. */
  readonly images: string
  /** All of these files are as recorded. */
  readonly table: PathTable
  /** By their first bytes too, not by their names and sizes alone: each is opened. */
  readonly looksInside: boolean
  readonly signal: AbortSignal
}

const quote = 0x22

/** Reads the annotation once. Memory grows with the images that no record vouches for. */
export async function namedImages(looking: Looking): Promise<Named> {
  const { file, name, images, table, signal } = looking
  /** The first record that names an entry; 0 where none does. */
  const seen = new Uint32Array(table.count)
  const others = new Map<string, number>()
  const find = table.allBelow(images)
  let [records, textOnly] = [0, 0]
  const odd = new Map<OddImage, Odd>()
  const byName = (batch: Batch, i: number): void => {
    const value = batch.imageValue(i)
    const record = batch.first + i
    if (value.odd !== undefined) {
      const { count, record: first } = odd.get(value.odd) ?? { count: 0, record }
      odd.set(value.odd, { what: value.odd, count: count + 1, record: first })
    } else if (value.images.length === 0) textOnly += 1
    for (const path of value.images) if (path !== '' && !others.has(path)) others.set(path, record)
  }
  const entries = new Int32Array(mostRecords)
  const spans = { from: new Int32Array(mostRecords), to: new Int32Array(mostRecords) }
  for await (const batch of recordsOf(file, { name, onBytes: () => signal.throwIfAborted() })) {
    textsOf(batch, spans)
    find(batch.bytes, spans, batch.count, entries)
    for (let i = 0; i < batch.count; i += 1) {
      const entry = entries[i] as number
      // Half of them were seen before; where their size stands is far away in memory.
      if (entry >= 0 && (seen[entry] !== 0 || table.size(entry) > 0)) seen[entry] ||= batch.first + i
      else byName(batch, i)
    }
    records += batch.count
  }
  const prefixes = new Map<string, Prefix>()
  const count = (path: string, isFound: boolean, images = 1): void => {
    const key = prefixOf(path)
    const prefix = prefixes.get(key) ?? { named: 0, found: 0 }
    prefixes.set(key, prefix)
    prefix.named += images
    if (isFound) prefix.found += images
  }
  const lost: Lost[] = []
  const lose = (one: Lost): void => {
    count(one.image, false)
    lost.push(one)
  }
  const doubted: Lost[] = []
  const judge = (image: string, path: string, record: number): void => {
    const is = looking.looksInside ? otherThanImage(join(looking.root, path)) : undefined
    if (is === undefined) count(image, true)
    else doubted.push({ image, path, state: 'no-image', is, record })
  }
  let unrecorded = 0
  const turns = new Turns()
  const breathe = async (): Promise<void> => {
    signal.throwIfAborted()
    await turns.next()
  }
  let rooted: Rooted | undefined
  for (const [image, record] of others) {
    if (image.startsWith('/')) rooted = { image, record, ...rooted, count: (rooted?.count ?? 0) + 1 }
    const path = belowRootOf(images, image)
    const state = path === undefined ? 'absent' : stateOf(table, seen, path, record, looking.root)
    if (state === 'counted') continue
    if (state === 'found') {
      unrecorded += 1
      judge(image, path as string, record)
    } else lose({ image, path, state, record })
    if (turns.isOver) await breathe()
  }
  const holders = new Set<number>()
  const below = images === '' ? '' : `${images}/`
  for (const [k, { folder, from, to }] of table.shelves.entries()) {
    const shared = looking.looksInside ? undefined : sharedFolder(folder, below)
    let alike = 0
    for (let entry = from; entry < to; entry += 1) {
      const record = seen[entry] as number
      if (record === 0) continue
      alike += 1
      if (shared !== undefined) continue
      const path = table.path(entry)
      // Outside of the folder where the annotation says so, with `..`.
      const isBelow = path.startsWith(below)
      judge(isBelow ? path.slice(below.length) : posix.relative(`/${images}`, `/${path}`), path, record)
      if (turns.isOver) await breathe()
    }
    if (alike > 0) holders.add(k)
    if (alike > 0 && shared !== undefined) count(shared, true, alike)
  }
  const found = new Map([...prefixes].map(([prefix, counts]) => [prefix, counts.found]))
  // Where most are none, they are of a kind that is not known here.
  for (const [prefix, alike] of groupedBy(doubted, ({ image }) => prefixOf(image)))
    if (alike.length <= (found.get(prefix) ?? 0)) alike.forEach(lose)
    else for (const { image } of alike) count(image, true)
  lost.sort((a, b) => a.record - b.record)
  const total = [...prefixes.values()].reduce((sum, { named }) => sum + named, 0)
  const told = [...odd.values()].toSorted((a, b) => b.count - a.count || a.record - b.record)
  return { count: total, lost, prefixes, holders, unrecorded, records, textOnly, odd: told, rooted }
}

/** The folder of a manifest as the annotation names it, where all of its paths have one prefix: then none is looked at. */
function sharedFolder(folder: string, below: string): string | undefined {
  const named = `${folder}/`.startsWith(below) ? `${folder}/`.slice(below.length) : ''
  return prefixOf(named).includes('/') ? named : undefined
}

/** What stands under `image` of each record, without its quotes; nothing where that is no string. */
function textsOf({ bytes, count, passed, imageFrom, imageTo }: Batch, { from, to }: Spans): void {
  for (let i = 0; i < count; i += 1) {
    const [begin, end] = [imageFrom[i] as number, imageTo[i] as number]
    const isText = passed === undefined && begin < end && bytes[begin] === quote
    from[i] = isText ? begin + 1 : 0
    to[i] = isText ? end - 1 : 0
  }
}

/** `counted`: with those that were seen in the table, also where it is written in another way (`a/./b.jpg`). */
function stateOf(
  table: PathTable,
  seen: Uint32Array,
  path: string,
  record: number,
  root: string,
): 'found' | 'counted' | 'empty' | 'absent' {
  const bytes = Buffer.from(path)
  const entry = table.below('')(bytes, 0, bytes.length)
  if (entry >= 0 && table.size(entry) > 0) {
    seen[entry] ||= record
    return 'counted'
  }
  const stats = lookThroughWritten(join(root, path))
  return stats?.isFile() ? (stats.size > 0 ? 'found' : 'empty') : 'absent'
}

/** In words, by the first bytes; undefined for an image, for what is not named as one, and for what is gone meanwhile. */
function otherThanImage(path: string): string | undefined {
  if (!isImageName(path)) return undefined
  try {
    return glimpseOf(path, statSync(path).size, file => {
      if (imageTypeOf(file.at(0, imageHeadBytes)) !== undefined) return undefined
      const flaw = imageFlawOf(file)
      return flaw && inWords(flaw)
    })
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
