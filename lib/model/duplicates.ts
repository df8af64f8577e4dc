/** Files with the same bytes, found in the digests of manifests: no file is read, and no digest becomes a string before it is told. Pure. */

import type { PlacedFiles } from './file-list.ts'

export interface Duplicates {
  /** Of all files. */
  readonly files: number
  /** Contents that are there more than once. */
  readonly groups: number
  /** What would not be there if each content were there once. */
  readonly copies: number
  readonly bytes: number
  /** Those with the most bytes in copies, first. */
  readonly largest: readonly DuplicateGroup[]
  /** Which targets have contents in common, and which have one more than once; the most bytes first. */
  readonly shared: readonly SharedContents[]
}

interface DuplicateGroup {
  readonly sha256: string
  /** Of one. */
  readonly bytes: number
  readonly count: number
  /** The first few. */
  readonly paths: readonly string[]
}

interface SharedContents {
  /** Two, or one that has contents more than once. */
  readonly targets: readonly string[]
  /** Contents that both have; of one target, copies. */
  readonly files: number
  readonly bytes: number
}

const mostLargest = 5
const mostPaths = 3

export function duplicatesIn(all: readonly PlacedFiles[]): Duplicates {
  const files = new Files(all)
  const largest: { readonly bytes: number; readonly members: Uint32Array }[] = []
  const shared = new Map<string, { files: number; bytes: number }>()
  let [groups, copies, bytes] = [0, 0, 0]
  for (const members of files.groups()) {
    const size = files.size(members[0] as number)
    const spared = size * (members.length - 1)
    groups += 1
    copies += members.length - 1
    bytes += spared
    share(files.targetsOf(members), size, shared)
    // Of equal ones the first stays, whatever comes later.
    const place = largest.findIndex(other => other.bytes < spared)
    if (place >= 0) largest.splice(place, 0, { bytes: spared, members })
    else if (largest.length < mostLargest) largest.push({ bytes: spared, members })
    if (largest.length > mostLargest) largest.pop()
  }
  return {
    files: files.count,
    groups,
    copies,
    bytes,
    largest: largest.map(({ members }) => files.told(members)),
    shared: [...shared]
      .map(([targets, sum]) => ({ targets: JSON.parse(targets) as string[], ...sum }))
      .toSorted((a, b) => b.bytes - a.bytes || b.files - a.files),
  }
}

/** `counts`: how many of the group each target has. */
function share(
  counts: ReadonlyMap<string, number>,
  size: number,
  shared: Map<string, { files: number; bytes: number }>,
): void {
  const add = (targets: readonly string[], count: number): void => {
    const key = JSON.stringify(targets)
    const sum = shared.get(key) ?? { files: 0, bytes: 0 }
    shared.set(key, sum)
    sum.files += count
    sum.bytes += count * size
  }
  const targets = [...counts.keys()]
  for (const [i, target] of targets.entries()) {
    const copies = (counts.get(target) ?? 0) - 1
    if (copies > 0) add([target], copies)
    for (const other of targets.slice(i + 1)) add([target, other], 1)
  }
}

const digestBytes = 32
/** What a float holds of whole numbers. */
const wholeBits = 53

/** All files by one number each, in the order of the parts and of their paths. */
class Files {
  readonly count: number
  readonly #all: readonly PlacedFiles[]
  /** Number of the first file of each part. */
  readonly #starts: readonly number[]

  constructor(all: readonly PlacedFiles[]) {
    let count = 0
    this.#all = all
    this.#starts = all.map(({ manifest }) => (count += manifest.count) - manifest.count)
    this.count = count
  }

  /**
   * Numbers of the files of each content that is there more than once. The beginning of a digest and the number of its file are
   * one float: sorting those takes no call a comparison, which is most of what a sort of a million would cost.
   */
  *groups(): Generator<Uint32Array> {
    const numbers = 2 ** Math.ceil(Math.log2(this.count + 1))
    const beginnings = 2 ** wholeBits / numbers
    const keys = new Float64Array(this.count)
    for (const [part, { manifest }] of this.#all.entries()) {
      const { sha256 } = manifest.columns
      const start = this.#starts[part] as number
      for (let i = 0; i < manifest.count; i += 1) {
        const at = i * digestBytes
        const beginning = Math.floor(
          (uint32(sha256, at) * 2 ** 16 + uint16(sha256, at + 4)) / (2 ** 48 / beginnings),
        )
        keys[start + i] = beginning * numbers + start + i
      }
    }
    keys.sort()
    const beginningAt = (k: number): number => Math.floor((keys[k] as number) / numbers)
    for (let from = 0; from < keys.length; ) {
      const beginning = beginningAt(from)
      let to = from + 1
      while (to < keys.length && beginningAt(to) === beginning) to += 1
      if (to - from > 1) yield* this.#alike(Uint32Array.from(keys.subarray(from, to), key => key % numbers))
      from = to
    }
  }

  /** Digests that begin alike are seldom different, and then few. */
  *#alike(members: Uint32Array): Generator<Uint32Array> {
    const sorted = members.sort((a, b) => Buffer.compare(this.#digest(a), this.#digest(b)) || a - b)
    for (let from = 0; from < sorted.length; ) {
      const digest = this.#digest(sorted[from] as number)
      let to = from + 1
      while (to < sorted.length && digest.equals(this.#digest(sorted[to] as number))) to += 1
      if (to - from > 1 && digest.some(byte => byte !== 0)) yield sorted.slice(from, to)
      from = to
    }
  }

  size = (file: number): number => this.#at(file, ({ manifest }, i) => manifest.size(i))

  targetsOf(members: Uint32Array): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const file of members) {
      const target = this.#at(file, part => part.target)
      counts.set(target, (counts.get(target) ?? 0) + 1)
    }
    return counts
  }

  told(members: Uint32Array): DuplicateGroup {
    const first = members[0] as number
    const paths = [...members.subarray(0, mostPaths)]
    return {
      sha256: this.#digest(first).toString('hex'),
      bytes: this.size(first),
      count: members.length,
      paths: paths.map(file => this.#at(file, ({ prefix, manifest }, i) => prefix + manifest.path(i))),
    }
  }

  #digest = (file: number): Buffer =>
    this.#at(file, ({ manifest: { columns } }, i) => {
      const { buffer, byteOffset } = columns.sha256
      return Buffer.from(buffer, byteOffset + i * digestBytes, digestBytes)
    })

  #at<T>(file: number, look: (part: PlacedFiles, i: number) => T): T {
    const part = this.#starts.findLastIndex(start => start <= file)
    return look(this.#all[part] as PlacedFiles, file - (this.#starts[part] as number))
  }
}

const uint16 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) * 256 + (bytes[at + 1] as number)
const uint32 = (bytes: Uint8Array, at: number): number => uint16(bytes, at) * 65_536 + uint16(bytes, at + 2)
