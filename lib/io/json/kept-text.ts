/** The text of one string, gathered over the borders of chunks. Knows where it lies, not what is valid: that is checked already. */

/** Longer strings are no path and no key that anyone asks for: their beginning is enough, and memory stays flat. */
const longestBytes = 65_536
const beginning = 200

/** As `KeptText` gives it: of one that is too long its beginning. */
export function shortened(text: string): string {
  if (text.length * 3 <= longestBytes) return text
  const bytes = Buffer.from(text)
  return bytes.length <= longestBytes ? text : `${bytes.toString('utf8', 0, beginning)}…`
}

export class KeptText {
  /** Where the text begins in the chunk at hand; -1 while no text is kept. */
  private from = -1
  private earlier: Buffer[] = []
  private earlierBytes = 0

  begin(at: number): void {
    this.from = at
  }

  get open(): boolean {
    return this.from !== -1
  }

  /** The chunk is about to be overwritten. */
  chunkEnds(chunk: Buffer): void {
    if (this.from === -1) return
    if (this.earlierBytes <= longestBytes) this.earlier.push(Buffer.from(chunk.subarray(this.from)))
    this.earlierBytes += chunk.length - this.from
    this.from = 0
  }

  /** The text up to `at` in the chunk, its escapes resolved when it has some. */
  end(chunk: Buffer, at: number, escaped: boolean): string {
    const here = chunk.subarray(this.from, at)
    const raw = this.earlier.length === 0 ? here : Buffer.concat([...this.earlier, here])
    const bytes = this.earlierBytes + here.length
    this.from = -1
    this.earlier = []
    this.earlierBytes = 0
    if (bytes > longestBytes) return `${raw.toString('utf8', 0, beginning)}…`
    const text = raw.toString()
    return escaped ? (JSON.parse(`"${text}"`) as string) : text
  }
}
