/** Tar archives made byte by byte, so that anything in them can be wrong. Right unless told otherwise. */

export interface TarPart {
  readonly name?: string | Buffer
  readonly content?: string | Buffer
  /** The type flag: `0` (a file) unless told otherwise. */
  readonly type?: string
  /** What a link leads to. */
  readonly goal?: string | Buffer
  readonly form?: 'ustar' | 'gnu' | 'v7'
  /** Of ustar: what stands before the name. */
  readonly prefix?: string
  /** The size in the header, if not the truth; text or bytes are taken as they are. */
  readonly bytes?: number | string | Buffer
  /** Added to the checksum; `signed` sums bytes as some old writers do. */
  readonly checksum?: number | 'signed'
  /** Bytes of the header that are written over: at → what. */
  readonly over?: Readonly<Record<number, string | Buffer>>
}

interface TarWhole {
  /** Blocks of zeros at the end; 2 unless told otherwise. */
  readonly endBlocks?: number
  readonly after?: string | Buffer
}

const blockBytes = 512

export const tarOf = (parts: readonly TarPart[], { endBlocks = 2, after = '' }: TarWhole = {}): Buffer =>
  Buffer.concat([...parts.map(packed), Buffer.alloc(endBlocks * blockBytes), Buffer.from(after)])

/** An extended header of pax; `type` g for one that counts for all that follow. */
export const pax = (records: Readonly<Record<string, string | Buffer>>, type: 'x' | 'g' = 'x'): TarPart => ({
  name: 'PaxHeaders/x',
  type,
  content: Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, Buffer.from(value)))),
})

/** GNU's header before an entry of a long name (`L`) or link (`K`). */
export const gnuLong = (type: 'L' | 'K', name: string): TarPart => ({
  name: '././@LongLink',
  type,
  form: 'gnu',
  content: `${name}\0`,
})

function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')])
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

function packed(part: TarPart): Buffer {
  const content = Buffer.from(part.content ?? '')
  const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes)
  return Buffer.concat([header(part, content.length), content, padding])
}

function header(part: TarPart, length: number): Buffer {
  const { name = '', type = '0', goal = '', form = 'ustar', prefix = '', bytes = length } = part
  const block = Buffer.alloc(blockBytes)
  Buffer.from(name).copy(block, 0, 0, 100)
  block.write('0000644\0', 100, 'latin1')
  block.write('0000000\0', 108, 'latin1')
  block.write('0000000\0', 116, 'latin1')
  const size = typeof bytes === 'number' ? `${bytes.toString(8).padStart(11, '0')}\0` : bytes
  Buffer.from(size).copy(block, 124, 0, 12)
  block.write('00000000000\0', 136, 'latin1')
  block.write(type, 156, 'latin1')
  Buffer.from(goal).copy(block, 157, 0, 100)
  const magic = { ustar: 'ustar\x0000', gnu: 'ustar  \0', v7: '' }
  block.write(magic[form], 257, 'latin1')
  block.write(prefix, 345, 'latin1')
  for (const [at, bytes] of Object.entries(part.over ?? {})) Buffer.from(bytes).copy(block, Number(at))
  block.fill(' ', 148, 156)
  const sum = block.reduce(
    (sum, byte) => sum + (part.checksum === 'signed' && byte > 127 ? byte - 256 : byte),
    0,
  )
  const told = sum + (typeof part.checksum === 'number' ? part.checksum : 0)
  block.write(`${told.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}
