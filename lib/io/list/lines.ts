/** Lines of a text file of any size, in flat memory. Knows nothing of what stands in them. */

import { createReadStream } from 'node:fs'
import { Problem } from '../../model/problem.ts'
import { formatBytes } from '../../model/units.ts'

export interface Line {
  readonly text: string
  /** From 1. */
  readonly number: number
}

/** Longer lines and records are refused: nothing that names one file is as long. */
export const longestRecordBytes = 16 << 20

const lineFeed = 0x0a

/** The lines, many at once, without their ends and a byte order mark. A last line without an end is one too. */
export async function* linesOf(path: string, name: string): AsyncGenerator<readonly Line[]> {
  let open: Buffer = Buffer.alloc(0)
  let number = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    const bytes = open.length === 0 ? chunk : Buffer.concat([open, chunk])
    const lines: Line[] = []
    let from = 0
    for (let at = bytes.indexOf(lineFeed, from); at >= 0; at = bytes.indexOf(lineFeed, from)) {
      lines.push({ text: textOf(bytes.subarray(from, at), number), number: ++number })
      from = at + 1
    }
    open = bytes.subarray(from)
    if (open.length > longestRecordBytes) throw tooLong(name, `line ${number + 1}`)
    if (lines.length > 0) yield lines
  }
  if (open.length > 0) yield [{ text: textOf(open, number), number: number + 1 }]
}

function textOf(bytes: Buffer, before: number): string {
  const text = bytes.toString()
  const bare = before === 0 && text.startsWith('\ufeff') ? text.slice(1) : text
  return bare.endsWith('\r') ? bare.slice(0, -1) : bare
}

export const tooLong = (name: string, place: string): Problem =>
  new Problem({
    code: 'bad-list',
    message: `${name} has a record that is longer than ${formatBytes(longestRecordBytes)}.`,
    evidence: [{ label: 'found', text: place }],
    next: 'write the format of the list beside it (`format: json`, jsonl, csv or text), or name another file.',
  })
