/** Formats of lists, and which of them a name tells. Opens no file. */

export type ListFormat = 'json' | 'jsonl' | 'csv' | 'text'

/** The format that a file's name tells. */
export function formatOfName(name: string): ListFormat | undefined {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const known: Readonly<Record<string, ListFormat>> = {
    json: 'json',
    jsonl: 'jsonl',
    ndjson: 'jsonl',
    csv: 'csv',
    tsv: 'csv',
    txt: 'text',
    text: 'text',
    list: 'text',
    urls: 'text',
  }
  return known[ending]
}
