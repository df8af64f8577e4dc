/**
 * What a spec asks for, as tasks, and what each of them gives. Written from the docs alone: imports nothing, and knows no
 * record and no disk.
 */

/** Path → digest. */
export type Tree = Readonly<Record<string, string>>

export interface Source {
  readonly kind: 'unzip' | 'untar' | 'json' | 'file' | 'urls'
  readonly file: string
  readonly address: string
  readonly pin: string | undefined
  readonly root?: string | undefined
  readonly into?: string | undefined
  readonly records?: number | undefined
}

export interface Target {
  readonly sources: readonly Source[]
  /** What becomes of names that end in `.png`: an ending, or nothing. */
  readonly rename: string | undefined
  readonly expect: number | undefined
}

export type Spec = Readonly<Record<string, Target>>

/** What a file of a host is, and what comes out of it. */
export interface Content {
  readonly digest: string
  readonly files: Tree
  readonly records?: number
}

export interface Scene {
  readonly spec: Spec
  /** Targets. */
  readonly asked: readonly string[]
  readonly force: boolean
  /** Below the root. */
  readonly disk: Tree
  /** Digests of the archives, and of what lies in parts, in the state folder. */
  readonly archives: ReadonlySet<string>
  readonly parts: ReadonlySet<string>
  /** By address. */
  readonly published: ReadonlyMap<string, Content>
}

export interface Task {
  readonly name: string
  /** Of the record. */
  readonly key: string
  readonly kind: Source['kind'] | 'download' | 'rename' | 'expect'
  readonly takes: readonly Task[]
  /** What the spec says of how. */
  readonly how: string
  /** Below the root; undefined for what does not last, and for a check. */
  readonly at: string | undefined
  readonly pin?: string | undefined
  /** Of the contents of what it takes. */
  readonly give: (inputs: readonly Content[]) => Content
  readonly isRight: (inputs: readonly Content[]) => boolean
}

const both = (trees: readonly Tree[]): Tree => Object.assign({}, ...trees) as Tree
const treeDigest = (files: Tree): string =>
  JSON.stringify(
    Object.keys(files)
      .toSorted()
      .map(path => [path, files[path]]),
  )
const below = (folder: string | undefined, path: string): string =>
  folder === undefined ? path : `${folder}/${path}`
const mapPaths = (files: Tree, to: (path: string) => string | undefined): Tree =>
  Object.fromEntries(
    Object.entries(files).flatMap(([path, digest]) => {
      const now = to(path)
      return now === undefined ? [] : [[now, digest]]
    }),
  )
const asTree = (files: Tree): Content => ({ digest: treeDigest(files), files })
const always = (): boolean => true

/** In the order in which they feed one another. */
export function tasksOf(
  target: string,
  { sources, rename, expect }: Target,
  published: Scene['published'],
): readonly Task[] {
  const tasks: Task[] = []
  const add = (task: Omit<Task, 'key'> & { readonly key?: string }): Task => {
    const added = { ...task, key: task.key ?? task.name }
    tasks.push(added)
    return added
  }
  const readers = sources.map((source): Task => {
    const { kind, file, address, pin, root, into, records } = source
    const isOne = kind === 'json' || kind === 'file'
    const download = add({
      name: `download ${file}`,
      key: `download ${address}`,
      kind: 'download',
      takes: [],
      how: address,
      at: undefined,
      pin,
      give: () => published.get(address) as Content,
      isRight: () => pin === undefined || published.get(address)?.digest === pin,
    })
    const place = isOne ? target : below(target, into ?? '').replace(/\/$/, '')
    return add({
      name: `${kind} ${isOne ? `${target}/${file}` : place}`,
      kind,
      takes: [download],
      how: JSON.stringify([root ?? null, into ?? null, records ?? null]),
      at: rename !== undefined && !isOne ? undefined : place,
      give: ([archive]) =>
        asTree(
          mapPaths(archive?.files ?? {}, path =>
            root === undefined ? path : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined,
          ),
        ),
      isRight: ([archive]) => kind !== 'json' || records === undefined || archive?.records === records,
    })
  })
  const parts = readers.filter(({ at }) => at === undefined)
  const intos = sources.filter((_, i) => readers[i]?.at === undefined).map(({ into }) => into)
  const placed = readers.filter(({ at }) => at !== undefined)
  if (parts.length > 0)
    placed.push(
      add({
        name: `rename ${target}`,
        kind: 'rename',
        takes: parts,
        how: JSON.stringify([rename, intos]),
        at: target,
        give: trees => {
          const files = both(trees.map((tree, i) => mapPaths(tree.files, path => below(intos[i], path))))
          return asTree(mapPaths(files, path => path.replace(/\.png$/, rename ?? '.png')))
        },
        isRight: always,
      }),
    )
  if (expect !== undefined)
    add({
      name: `expect ${target}`,
      kind: 'expect',
      takes: placed,
      how: `${expect}`,
      at: undefined,
      give: () => asTree({}),
      isRight: trees => trees.reduce((sum, { files }) => sum + Object.keys(files).length, 0) === expect,
    })
  return tasks
}

/** How many files a target has, if hosts give what they publish. */
export function filesOf(name: string, target: Target, published: Scene['published']): number {
  const contents = new Map<Task, Content>()
  const tasks = tasksOf(name, target, published)
  for (const task of tasks)
    contents.set(task, task.give(task.takes.map(input => contents.get(input) as Content)))
  const lasting = tasks.filter(({ at }) => at !== undefined)
  return lasting.reduce((sum, task) => sum + Object.keys(contents.get(task)?.files ?? {}).length, 0)
}
