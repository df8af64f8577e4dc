/** How a file is compressed, by its first bytes or by its name, and which programs undo that. Pure. */

interface Method {
  readonly endings: readonly string[]
  /** Of a tar that is compressed so. */
  readonly tarEndings: readonly string[]
  readonly begins: (head: Buffer) => boolean
  /** That undo it, the fastest first; none where Node does. */
  readonly programs: readonly string[]
  /** That has the last of them, as most systems call it. */
  readonly package: string
}

const startsWith =
  (...bytes: readonly number[]) =>
  (head: Buffer): boolean =>
    head.subarray(0, bytes.length).equals(Buffer.from(bytes))

const zstdFrame = startsWith(0x28, 0xb5, 0x2f, 0xfd)
/** A frame without content, with which some writers begin. */
const isSkippable = (head: Buffer): boolean =>
  ((head[0] ?? 0) & 0xf0) === 0x50 && head.subarray(1, 4).equals(Buffer.from([0x2a, 0x4d, 0x18]))

const methods = {
  gzip: {
    endings: ['.gz'],
    tarEndings: ['.tar.gz', '.tgz'],
    begins: startsWith(0x1f, 0x8b, 0x08),
    programs: [],
    package: '',
  },
  bzip2: {
    endings: ['.bz2'],
    tarEndings: ['.tar.bz2', '.tbz2', '.tbz'],
    begins: head => /^BZh[1-9](1AY&SY|\x17rE8P\x90)/.test(head.toString('latin1', 0, 10)),
    programs: ['lbzip2', 'pbzip2', 'bzip2'],
    package: 'bzip2',
  },
  xz: {
    endings: ['.xz'],
    tarEndings: ['.tar.xz', '.txz'],
    begins: startsWith(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00),
    programs: ['xz'],
    package: 'xz (Debian and Ubuntu: xz-utils)',
  },
  zstd: {
    endings: ['.zst', '.zstd'],
    tarEndings: ['.tar.zst', '.tzst'],
    begins: head => zstdFrame(head) || isSkippable(head),
    programs: ['zstd'],
    package: 'zstd',
  },
} as const satisfies Readonly<Record<string, Method>>

export type Compression = keyof typeof methods

const all = Object.keys(methods) as readonly Compression[]

export const compressionOf = (head: Buffer): Compression | undefined =>
  all.find(name => methods[name].begins(head))

export const methodOf = (compression: Compression): Method => methods[compression]

/** Of names of tars, compressed or not. */
export const tarEndings: readonly string[] = ['.tar', ...all.flatMap(name => methods[name].tarEndings)]

export const isTarName = (fileName: string): boolean => tarEndings.some(ending => endsWith(fileName, ending))

/** As the name has it, right or wrong. */
export const compressionOfName = (fileName: string): Compression | undefined =>
  all.find(name =>
    [...methods[name].endings, ...methods[name].tarEndings].some(ending => endsWith(fileName, ending)),
  )

/** What a compressed file is called once it is none: without the ending that says so, if there is one. */
export function plainName(fileName: string): string {
  const ending = all
    .flatMap(name => methods[name].endings)
    .find(ending => endsWith(fileName, ending) && fileName.length > ending.length)
  return ending === undefined ? fileName : fileName.slice(0, -ending.length)
}

const endsWith = (fileName: string, ending: string): boolean => fileName.toLowerCase().endsWith(ending)
