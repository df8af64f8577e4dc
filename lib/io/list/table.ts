/** Rows of a CSV or TSV file with a header, read by csv-parse. Knows nothing of what the columns mean. */

import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { type CsvError, parse } from 'csv-parse'
import { Problem } from '../../model/problem.ts'
import type { Listed } from '../list.ts'
import { longestRecordBytes } from './lines.ts'

interface Row {
  readonly info: { readonly lines: number }
  readonly record: Readonly<Record<string, string>>
}

const rowsAtOnce = 500

export async function* readTable(path: string, name: string): AsyncGenerator<readonly Listed[]> {
  const source = createReadStream(path)
  const parser = parse({
    bom: true,
    columns: true,
    delimiter: delimiterOf(path),
    info: true,
    max_record_size: longestRecordBytes,
    skip_empty_lines: true,
  })
  source.once('error', error => parser.destroy(error))
  source.pipe(parser)
  try {
    let rows: Listed[] = []
    let number = 0
    let lastLine = 1
    for await (const { info, record } of parser as AsyncIterable<Row>) {
      number += 1
      rows.push({ value: record, name: undefined, number, place: `line ${lastLine + 1}` })
      lastLine = info.lines
      if (rows.length < rowsAtOnce) continue
      yield rows
      rows = []
    }
    yield rows
  } catch (error) {
    throw isCsvError(error) ? broken(name, error) : error
  } finally {
    source.destroy()
    parser.destroy()
  }
}

const isCsvError = (error: unknown): error is CsvError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')

const broken = (name: string, error: CsvError): Problem =>
  new Problem({
    code: 'bad-list',
    message: `${name} cannot be read as a table.`,
    evidence: [{ label: 'found', text: error.message }],
    next: 'mend that line, or write the format of the list beside it (`format: json`, jsonl or text).',
  })

/** A tab where the header has one and no comma. */
function delimiterOf(path: string): string {
  const head = Buffer.alloc(65_536)
  const handle = openSync(path, 'r')
  try {
    const [header = ''] = head.toString('utf8', 0, readSync(handle, head)).split('\n')
    return header.includes('\t') && !header.includes(',') ? '\t' : ','
  } finally {
    closeSync(handle)
  }
}
