/** The door to Parquet: an index of files as columns. Knows no manifest and no order. */

import type { ColumnSource } from 'hyparquet-writer'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'

/** One value a row in each. */
export interface IndexColumns {
  readonly path: readonly string[]
  readonly target: readonly string[]
  readonly bytes: readonly bigint[]
  /** Hex. */
  readonly sha256: readonly string[]
  /** Whole milliseconds since 1970. */
  readonly mtime: readonly bigint[]
}

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' } as const
const whole = { type: 'INT64', repetition_type: 'REQUIRED' } as const
const schema = [
  { name: 'files', num_children: 5 },
  { name: 'path', ...text },
  { name: 'target', ...text },
  { name: 'bytes', ...whole },
  { name: 'sha256', ...text },
  { name: 'mtime', ...whole, converted_type: 'TIMESTAMP_MILLIS' as const },
]

/** Writes a file, a row group for each group of rows that is given; no more than one is in memory. */
export async function writeIndex(path: string, groups: Iterable<IndexColumns>): Promise<void> {
  const parquet = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: 'groundwork' })
  for (const { path: paths, target, bytes, sha256, mtime } of groups)
    await parquet.write({
      columnData: [
        { name: 'path', data: paths as string[], encoding: 'PLAIN' },
        { name: 'target', data: target as string[] },
        { name: 'bytes', data: bytes as bigint[] },
        // Digests do not repeat, and do not compress.
        {
          name: 'sha256',
          data: sha256 as string[],
          encoding: 'PLAIN',
          codec: 'UNCOMPRESSED',
          statistics: false,
        },
        { name: 'mtime', data: mtime as bigint[] },
      ] satisfies ColumnSource[],
      rowGroupSize: paths.length,
    })
  await parquet.finish()
}
