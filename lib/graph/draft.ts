/** The tasks that a spec asks for, as they come out of it, target by target. Looks for neither clashes nor cycles. */

import { type Address, identityOf, parseAddress } from '../model/address.ts'
import { withoutImageEnding } from '../model/image.ts'
import { identityOfFile } from '../model/lock-file.ts'
import type { DownloadParams, Filling, ManualParams, UrlsParams } from '../model/params.ts'
import { wholeName } from '../model/part-names.ts'
import { Places } from '../model/places.ts'
import { type Place, Problem } from '../model/problem.ts'
import type { SourceRequest } from '../model/source-form.ts'
import {
  below,
  type Download,
  type Origin,
  placeOf,
  type Source,
  type Spec,
  type Target,
} from '../model/spec.ts'
import type { Artifact, Task, TaskId, TaskKind } from '../model/task.ts'
import { downloadParams, expectParams, manualParams, renameParams } from './asked.ts'
import { isReshaped, partFolder, shortHash } from './parts.ts'
import { Results } from './results.ts'

/** By name, as `tasks/index.ts` lists them. */
export type Kinds = ReadonlyMap<string, TaskKind>

/** One that more targets may come to share. */
type Drafted = Task & { readonly targets: string[] }

export class Draft {
  readonly tasks = new Map<TaskId, Drafted>()
  /** By identity of the address, and by that with pins. */
  readonly #downloads = new Map<string, TaskId>()
  readonly #results: Results
  /** Targets for which more will be made of what is placed. */
  readonly #open: { readonly name: string; readonly target: Target; readonly placed: readonly Task[] }[] = []
  readonly #spec: Spec
  readonly #kinds: Kinds

  constructor(spec: Spec, kinds: Kinds) {
    this.#spec = spec
    this.#kinds = kinds
    this.#results = new Results(spec)
  }

  target(name: string, target: Target): void {
    const merges = target.sources.filter(({ origin }) => origin.form === 'merge')
    for (const source of merges) this.#results.hearMerge(name, source, this.#kind(source.becomes?.kind ?? ''))
    const sources = target.sources.filter(source => !merges.includes(source))
    const given = sources.map(source => this.#source(name, target, source))
    const trees = given.filter(task => task.gives?.form === 'tree' && !task.gives.lasting)
    const placed = given.filter(task => !trees.includes(task))
    if (trees.length > 0) {
      const isCounted = placed.every(task => task.gives?.form === 'file') && !this.#results.isFor(name)
      const { files } = target.expect
      const renamed = files === undefined || !isCounted ? undefined : files - placed.length
      const key = target.rename.length > 0 ? 'rename' : 'transcode'
      const params = renameParams(this.#spec, name, target, trees, renamed)
      placed.push(this.#add('rename', params, name, below(target.pointer, key)))
    }
    if (this.#results.isFor(name)) this.#open.push({ name, target, placed })
    else this.#expect(name, target, placed, [])
  }

  /** After all targets: what is made of files of theirs, and what is expected of all. Throws what is wrong with the first. */
  finish(): void {
    const made = this.#results.make(this.tasks, (...asked) => this.#add(...asked))
    for (const { name, target, placed } of this.#open) {
      const own = made.filter(task => task.target === name)
      this.#expect(name, target, placed, own)
    }
    this.#lookForImages()
  }

  /** What annotations name is looked for in all that can hold it. */
  #lookForImages(): void {
    const drafted = [...this.tasks.values()]
    const holders = drafted.flatMap(({ kind, gives }) =>
      gives && kind.refers === undefined && mayHoldImages(gives) ? [gives] : [],
    )
    const places = new Places(holders)
    for (const { id, kind, target, params, place } of drafted) {
      const reference = kind.refers?.(params)
      if (reference === undefined) continue
      const { images } = reference
      const seen = images === '' ? holders : places.meeting(images)
      this.#add(
        'images',
        { ...reference, target, from: id, sees: seen.map(({ task }) => task) },
        target,
        place,
      )
    }
  }

  #expect(name: string, target: Target, placed: readonly Task[], made: readonly Task[]): void {
    if (target.expect.files === undefined && !target.expect.images) return
    const params = expectParams(this.#spec, name, target, placed, made)
    this.#add('expect', params, name, below(target.pointer, 'expect'))
  }

  #source(name: string, target: Target, source: Source): Task {
    const { origin } = source
    if (origin.form === 'urls') return this.#listed(name, target, source, origin)
    const wanted = origin.form === 'manual' ? origin : this.#downloadOf(origin)
    const from = 'url' in wanted ? this.#download(name, wanted) : this.#manual(name, source, wanted)
    const kind = this.#kindOf(source, from)
    const request: SourceRequest = {
      ...this.#request(name, source, kind, from, wanted),
      expectedFiles: this.#filesOf(name, target, source),
      part: isReshaped(target) ? partFolder(name, from.id, source.becomes?.params) : undefined,
      rename: target.rename,
      transcode: target.transcode !== undefined,
    }
    const pointer = below(source.pointer, keyOf(kind))
    const task = this.#add(kind.name, kind.source?.params(request), name, pointer)
    this.#results.hear(source, kind, task, request)
    return task
  }

  #request(
    name: string,
    source: Source,
    kind: TaskKind,
    from: Task,
    { size, sha256 }: Pick<Download, 'size' | 'sha256'>,
  ): SourceRequest {
    return {
      target: name,
      written: source.becomes?.params,
      from: from.id,
      fileName: fileNameOf(from),
      ...(from.kind.inquire && { download: from.params as DownloadParams }),
      size: size?.bytes,
      sha256,
      expectedFiles: undefined,
      part: undefined,
      placeOf: (...keys) => placeOf(this.#spec, below(source.pointer, keyOf(kind), ...keys)),
    }
  }

  /** One address per file. The list is a download like any other; the archive that fills gaps is one that may be asked for. */
  #listed(name: string, target: Target, source: Source, origin: Origin & { form: 'urls' }): Task {
    const { format, key, address, name: template, allowMissing } = origin
    const list = this.#download(name, origin.list)
    const asked = [format, key, address, template]
    const pointers = [origin.list.pointer, source.pointer]
    const places = ['from', 'format', 'key', 'address', 'name', 'allow_missing', 'fill'].map(written => {
      const pointer = pointers.find(above => this.#spec.places[below(above, written)])
      return [written, placeOf(this.#spec, below(pointer ?? origin.list.pointer, written))] as const
    })
    const params: UrlsParams = {
      target: name,
      at: isReshaped(target) ? partFolder(name, list.id, asked) : name,
      lasting: !isReshaped(target),
      from: list.id,
      listName: fileNameOf(list),
      format,
      key,
      address,
      name: template,
      allowMissing,
      files: this.#filesOf(name, target, source),
      fill: origin.fill && this.#filling(name, origin.fill),
      places: Object.fromEntries(places),
    }
    return this.#add('urls', params, name, origin.list.pointer)
  }

  #filling(name: string, source: Source): Filling {
    const download = this.#downloadOf(source.origin)
    const from = this.#download(name, download)
    const kind = this.#kindOf(source, from)
    if (kind.source?.fills !== true)
      throw new Problem({
        code: 'bad-value',
        place: placeOf(this.#spec, source.pointer),
        message: `${fileNameOf(from)} cannot fill gaps: files are only taken out of a zip.`,
        next: 'name a zip, and write `unzip:` beside it where its name does not end in .zip.',
      })
    const request = this.#request(name, source, kind, from, download)
    return { from: from.id, identity: identityOfFile(download), unpack: kind.source.params(request) }
  }

  #downloadOf(origin: Origin): Download {
    if (origin.form === 'named') return this.#named(origin.name)
    if (origin.form === 'address') return origin.download
    throw new Error(`the spec was read with ${origin.form} where a file is wanted`)
  }

  /** How many files of the target come from this one source, where the spec tells. */
  #filesOf(name: string, target: Target, source: Source): number | undefined {
    const others = target.sources.filter(other => other !== source)
    const isFile = ({ becomes }: Source): boolean =>
      becomes !== undefined && this.#kind(becomes.kind).consumes === true && !this.#isMore(name, becomes)
    const { files } = target.expect
    return others.every(isFile) && files !== undefined ? files - others.length : undefined
  }

  /** Something is to be made of its file. */
  #isMore(target: string, { kind, params }: NonNullable<Source['becomes']>): boolean {
    const derives = this.#kind(kind).source?.derives
    return derives?.at({ target, written: params, fileName: 'any' }) !== undefined
  }

  #named(name: string): Download {
    const download = this.#spec.downloads[name]
    if (download === undefined) throw new Error(`the spec was read without the download ${name}`)
    return download
  }

  /** The kind that the source asks for, or the one that the file's name tells; a file of no kind is placed as it is. */
  #kindOf(source: Source, from: Task): TaskKind {
    const asked = source.becomes?.kind
    if (asked !== undefined) return this.#kind(asked)
    const { download } = from.params as Partial<DownloadParams>
    const lower = (wholeName(download?.url ?? []) ?? fileNameOf(from)).toLowerCase()
    const told = [...this.#kinds.values()].find(({ source: form }) =>
      form?.endings?.some(ending => lower.endsWith(ending)),
    )
    return told ?? this.#kind('file')
  }

  /** One task for all sources with the same address and pins. */
  #download(target: string, download: Download): Task {
    const pins = [download.size?.exact ? download.size.bytes : '', download.sha256, download.md5].join(' ')
    const addresses = download.url.map(addressOf)
    const identity = addresses.map(identityOf).join('\n')
    const same = this.#downloads.get(`${identity}\n${pins}`)
    if (same !== undefined) return this.#shared(same, target)
    // The same address with other pins is another file: only one of the two can be right, and its task will say so.
    const key = shortHash(identity) + (this.#downloads.has(identity) ? `+${shortHash(pins)}` : '')
    const params = downloadParams(this.#spec, download, addresses, key)
    const task = this.#add('download', params, target, download.pointer)
    this.#downloads.set(identity, task.id)
    this.#downloads.set(`${identity}\n${pins}`, task.id)
    return task
  }

  #manual(target: string, source: Source, wanted: Origin & { form: 'manual' }): Task {
    const { becomes, pointer } = source
    const kind = this.#kind(becomes?.kind ?? 'file')
    const ending = kind.source?.endings?.[0] ?? ''
    const said = becomes && kind.source?.fileName?.(becomes.params)
    const fileName = said ?? `${target.split('/').at(-1) ?? 'file'}${ending}`
    const params = manualParams(this.#spec, target, source, wanted, fileName)
    return this.#add('manual', params, target, below(pointer, 'manual'))
  }

  #shared(id: TaskId, target: string): Task {
    const task = this.tasks.get(id) as Drafted
    // Targets come one after the other: one that is told already was told last.
    if (task.targets.at(-1) !== target) task.targets.push(target)
    return task
  }

  /** `asked`: where in the spec, as a pointer or a place. */
  #add(kindName: string, params: unknown, target: string, asked: string | Place): Task {
    const kind = this.#kind(kindName)
    const outline = kind.outline(params)
    const id = this.#freeId(`${kind.name}:${outline.name}`, outline.takes)
    const gives = outline.gives && { task: id, ...outline.gives }
    const place = typeof asked === 'string' ? placeOf(this.#spec, asked) : asked
    const task = { id, kind, params, target, targets: [target], outline, gives, place }
    this.tasks.set(id, task)
    return task
  }

  /** A second task of the same name (two archives into one folder) is told apart by what it takes. */
  #freeId(id: TaskId, takes: readonly TaskId[]): TaskId {
    if (!this.tasks.has(id)) return id
    const told = `${id}#${shortHash(takes.join('\n'))}`
    for (let n = 1; ; n += 1) {
      const candidate = n === 1 ? told : `${told}.${n}`
      if (!this.tasks.has(candidate)) return candidate
    }
  }

  #kind(name: string): TaskKind {
    const kind = this.#kinds.get(name)
    if (kind === undefined) throw new Error(`no task kind is called ${name}`)
    return kind
  }
}

const mayHoldImages = ({ form, lasting, at }: Artifact): boolean =>
  lasting && (form === 'tree' || withoutImageEnding(at) !== at)

const keyOf = (kind: TaskKind): string => kind.source?.key ?? kind.name

/** Of a download, or of what a person fetches. */
const fileNameOf = (task: Task): string => (task.params as DownloadParams | ManualParams).fileName

function addressOf(text: string): Address {
  const address = parseAddress(text)
  if (typeof address === 'string') throw new Problem({ code: 'bad-address', message: `${text} ${address}.` })
  return address
}
