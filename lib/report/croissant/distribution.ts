/** The files of a playground as Croissant's distribution: archives, the sets of files in them, and annotations. Reads records only. */

import { relative, resolve } from 'node:path'
import { type Address, parseAddress, webAddress } from '../../model/address.ts'
import { type ColumnarManifest, unknownDigest } from '../../model/manifest.ts'
import type { DownloadParams, ManualParams, RenameParams } from '../../model/params.ts'
import { wholeName } from '../../model/part-names.ts'
import { readPartSizes } from '../../model/part-sizes.ts'
import type { Graph } from '../../model/plan.ts'
import type { Receipt } from '../../model/receipt.ts'
import { redact } from '../../model/redact.ts'
import type { Task, TaskId } from '../../model/task.ts'
import { formatBytes, plural } from '../../model/units.ts'
import { kindsIn, literal } from './globs.ts'
import { mediaTypeOf, unknownMediaType } from './media-types.ts'
import { iriOf, Names, reference } from './names.ts'

export interface Recorded {
  /** Absolute. */
  readonly root: string
  readonly graph: Graph
  readonly receiptOf: (task: TaskId) => Receipt | undefined
  readonly manifestOf: (task: TaskId) => ColumnarManifest | undefined
}

/** A FileObject or FileSet, without its context. */
export type Resource = Readonly<Record<string, unknown>>

export class Distribution {
  readonly resources: Resource[] = []
  readonly #recorded: Recorded
  readonly #ids = new Names()
  readonly #names = new Names()
  /** Identifiers of archives, by the task that gives them and the path of an archive inside of it. */
  readonly #archives = new Map<string, string>()

  constructor(recorded: Recorded) {
    this.#recorded = recorded
  }

  /** A file that lies in the playground; returns its identifier. */
  file(task: Task): string {
    const at = task.gives?.at ?? ''
    const receipt = this.#recorded.receiptOf(task.id)
    const from = this.#given(task)
    // Placed as it came: then its address gives the same bytes.
    const isAsItCame = from !== undefined && this.#recorded.receiptOf(from.id)?.digest === receipt?.digest
    const remote = isAsItCame
      ? addressesOf(from, this.#recorded.root).filter(address => URL.canParse(address))
      : []
    return this.#object(iriOf(at), at, {
      contentUrl: remote.length === 1 ? remote[0] : iriOf(at),
      ...sizeOf(receipt?.bytes),
      encodingFormat: mediaTypeOf(at),
      ...digestOf(receipt?.digest),
    })
  }

  /** The files of a tree, one set for each media type and archive that it was made of. */
  tree(task: Task): void {
    const { parts } = task.params as Partial<Pick<RenameParams, 'parts'>>
    const makers = parts?.flatMap(part => this.#recorded.graph.tasks.get(part.task) ?? []) ?? [task]
    for (const maker of makers)
      this.#sets(maker, this.#recorded.manifestOf(maker.id) ?? this.#recorded.manifestOf(task.id))
  }

  #sets(maker: Task, manifest: ColumnarManifest | undefined): void {
    const from = this.#given(maker)
    if (from === undefined || manifest === undefined) return
    const { root, inner } = ingredientsOf(maker)
    const container = this.#archive(
      from,
      maker.kind.name === 'unzip' ? 'application/zip' : unknownMediaType,
      inner,
    )
    for (const { mediaType, patterns, files, bytes } of kindsIn(manifest, prefixOf(root, maker.target))) {
      const title = `${maker.outline.name}/${mediaType.replace('/', '-')}`
      const name = this.#names.free(title)
      this.resources.push({
        '@type': 'cr:FileSet',
        '@id': this.#ids.free(iriOf(name)),
        name,
        description: `${plural(files, 'file')}, ${formatBytes(bytes)}, of ${maker.target}.`,
        containedIn: reference(container),
        encodingFormat: mediaType,
        includes: patterns.length === 1 ? patterns[0] : patterns,
      })
    }
  }

  /** Identifier of what a task fetches. */
  #archive(task: Task, otherwise: string, inner: string | undefined): string {
    const key = `${task.id}\n${inner ?? ''}`
    const known = this.#archives.get(key)
    if (known !== undefined) return known
    const id = inner === undefined ? this.#fetched(task, otherwise) : this.#innerOf(task, inner)
    this.#archives.set(key, id)
    return id
  }

  #innerOf(task: Task, inner: string): string {
    const around = this.#archive(task, 'application/zip', undefined)
    return this.#object(`${around}/${iriOf(inner)}`, inner, {
      contentUrl: inner,
      containedIn: reference(around),
      encodingFormat: mediaTypeOf(inner, 'application/zip'),
    })
  }

  #fetched(task: Task, otherwise: string): string {
    const { download, instructions, ...given } = task.params as Partial<ManualParams & DownloadParams>
    const fileName = wholeName(download?.url ?? []) ?? given.fileName ?? task.target
    const receipt = this.#recorded.receiptOf(task.id)
    const pins = task.gives?.pins
    const addresses = addressesOf(task, this.#recorded.root)
    const id = `archives/${iriOf(fileName)}`
    const parts = addresses.length > 1 ? this.#parts(task, addresses, receipt) : []
    return this.#object(id, fileName, {
      ...(instructions !== undefined && { description: redact(instructions) }),
      contentUrl: addresses.length === 1 ? addresses[0] : iriOf(fileName),
      ...(parts.length > 0 && { containedIn: parts }),
      ...sizeOf(receipt?.bytes ?? pins?.bytes),
      encodingFormat: mediaTypeOf(fileName, otherwise),
      ...digestOf(receipt?.digest, pins?.sha256),
      ...(receipt === undefined && pins?.md5 !== undefined && { md5: pins.md5 }),
    })
  }

  #parts(task: Task, addresses: readonly string[], receipt: Receipt | undefined): readonly object[] {
    const sizes = readPartSizes(receipt?.remarks['parts'])
    return addresses.map((contentUrl, i) => {
      const name = decodeURIComponent(contentUrl.split(/[?#]/)[0]?.split('/').at(-1) || task.target)
      return reference(
        this.#object(`archives/${iriOf(name)}`, name, {
          contentUrl,
          ...sizeOf(sizes?.[i]),
          encodingFormat: unknownMediaType,
        }),
      )
    })
  }

  #object(id: string, name: string, rest: Resource): string {
    const free = this.#ids.free(id)
    this.resources.push({
      '@type': 'cr:FileObject',
      '@id': free,
      name: this.#names.free(name, decodeURIComponent(id)),
      ...rest,
    })
    return free
  }

  /** What gives a task its first input. */
  #given({ outline }: Task): Task | undefined {
    return outline.takes[0] === undefined ? undefined : this.#recorded.graph.tasks.get(outline.takes[0])
  }
}

/** Without credentials, one for each part; a file of this machine relative to the root. What a person fetches has none. */
export function addressesOf(task: Task, root: string): readonly string[] {
  const { download, folder = '' } = task.params as Partial<DownloadParams>
  const { revision } = download?.locked ?? {}
  return (download?.url ?? []).map(text => {
    const address = parseAddress(text) as Address
    if (address.scheme === 'file') return iriOf(relative(root, resolve(folder, address.path)))
    const locked = address.scheme === 'hf' && revision !== undefined ? { ...address, revision } : address
    return webAddress(locked) ?? ''
  })
}

function ingredientsOf({ outline }: Task): Readonly<Record<'root' | 'inner', string | undefined>> {
  const valueOf = (wanted: string): string | undefined => {
    const value = outline.fingerprint.find(({ name }) => name === wanted)?.value
    return typeof value === 'string' ? value : undefined
  }
  return { root: valueOf('root'), inner: valueOf('inner') }
}

/** `auto` is the folder that ends like the target's path: which one was found is not recorded. */
function prefixOf(root: string | undefined, target: string): string {
  if (root === undefined) return ''
  return root === 'auto'
    ? `**/${literal(target.split('/').at(-1) ?? '')}/`
    : `${literal(root.replace(/\/$/, ''))}/`
}

const sizeOf = (bytes: number | undefined): object =>
  bytes === undefined ? {} : { contentSize: `${bytes} B` }

const digestOf = (...digests: readonly (string | undefined)[]): object => {
  const sha256 = digests.find(digest => digest !== undefined && digest !== unknownDigest)
  return sha256 === undefined ? {} : { sha256 }
}
