/** The files of a result: one, or one for each first folder of the image paths. Knows no records. */

import { hash } from 'node:crypto'
import { basename, join } from 'node:path'
import { Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { Output } from './output.ts'
import type { TransformParams } from './params.ts'

/** Gathered before it is written: of the one file, and of each of many. */
const [held, heldOfMany] = [1 << 20, 1 << 16]
/** More are no split by datasets, but by images. */
const mostFiles = 1000
const longestName = 200

type Bench = Pick<Workbench, 'staging' | 'wrote' | 'record'>

/** Where records go, by the first image path of each; undefined for one without images. */
export interface Files {
  of(image: string | undefined): Output
  /** Every file is whole, and recorded. Returns the number of records in all. */
  end(): number
}

export const filesFor = (params: TransformParams, bench: Bench): Files =>
  params.split ? new Split(params, bench) : single(params, bench)

/** In the result, of which it may be one file of two. */
const nameIn = ({ as, dropMissing }: TransformParams): string => (dropMissing ? as : basename(as))

function single(params: TransformParams, bench: Bench): Files {
  const name = nameIn(params)
  const output = new Output(join(bench.staging, name), params.format, held, bench.wrote)
  return {
    of: () => output,
    end() {
      const { bytes, sha256, records } = output.end()
      bench.record(name, bytes, sha256)
      return records
    },
  }
}

class Split implements Files {
  readonly #params: TransformParams
  readonly #bench: Bench
  readonly #byFolder = new Map<string, Output>()
  /** Names as disks without case compare them, of all files so far. */
  readonly #taken = new Set<string>()
  readonly #named: { readonly name: string; readonly output: Output }[] = []

  constructor(params: TransformParams, bench: Bench) {
    this.#params = params
    this.#bench = bench
  }

  of(image: string | undefined): Output {
    const folder = firstFolder(image)
    const known = this.#byFolder.get(folder)
    if (known) return known
    if (this.#named.length === mostFiles) throw tooMany(this.#params, folder)
    const { format } = this.#params
    const name = this.#freeName(fileNameOf(folder), format)
    const output = new Output(join(this.#bench.staging, name), format, heldOfMany, this.#bench.wrote)
    this.#byFolder.set(folder, output)
    this.#named.push({ name, output })
    return output
  }

  end(): number {
    let total = 0
    for (const { name, output } of this.#named) {
      const { bytes, sha256, records } = output.end()
      this.#bench.record(name, bytes, sha256)
      total += records
    }
    return total
  }

  /** Of two folders that some disks take for one, the later in the file gets a number. */
  #freeName(stem: string, format: string): string {
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? stem : `${stem}~${n}`
      const key = name.normalize('NFC').toLowerCase()
      if (this.#taken.has(key)) continue
      this.#taken.add(key)
      return `${name}.${format}`
    }
  }
}

/** `coco` of `coco/train2017/1.jpg` and of `/coco/1.jpg`; an underscore first: what no folder has. */
function firstFolder(image: string | undefined): string {
  if (image === undefined) return '_text-only'
  const path = image.replace(/^(?:\.?\/)+/, '')
  const slash = path.indexOf('/')
  return slash < 0 ? '_no-folder' : path.slice(0, slash)
}

/** What no disk takes in a name is written as %XX, and the end of a long one as its digest. */
function fileNameOf(folder: string): string {
  const plain = folder.replace(/[\p{Cc}\p{Cs}%<>:"\\|?*]/gu, letter =>
    [...Buffer.from(letter)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
  const bytes = Buffer.from(plain)
  if (bytes.length <= longestName) return plain
  return `${bytes.toString('utf8', 0, longestName - 40).replace(/\ufffd+$/, '')}~${hash('sha256', folder).slice(0, 16)}`
}

function tooMany({ target, as, places }: TransformParams, folder: string): Problem {
  const place = places['split']
  return new Problem({
    code: 'too-many-splits',
    ...(place && { place }),
    message: `${target}/${as} would be more than ${mostFiles.toLocaleString('en')} files: image paths begin with that many folders.`,
    evidence: [{ label: 'such as', text: folder }],
    disk: 'Nothing was placed.',
    next: 'put the name of the dataset before them with `prefix`, or leave the annotation whole.',
  })
}
