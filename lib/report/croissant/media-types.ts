/** Media types by the ending of a file's name. Looks into no file. Pure. */

const byEnding: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.bmp': 'image/bmp',
  '.bz2': 'application/x-bzip2',
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.jsonl': 'application/jsonlines',
  '.md': 'text/markdown',
  '.mp4': 'video/mp4',
  '.ndjson': 'application/jsonlines',
  '.parquet': 'application/x-parquet',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tar': 'application/x-tar',
  '.tgz': 'application/gzip',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
  '.xml': 'application/xml',
  '.xz': 'application/x-xz',
  '.zip': 'application/zip',
  '.zst': 'application/zstd',
}

/** Of what the ending does not tell. */
export const unknownMediaType = 'application/octet-stream'

/** `.jpg` of `a/b.c/x.jpg`, as it is written; empty where there is none, as of `LICENSE` and `.DS_Store`. */
export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? '' : name.slice(dot)
}

export const mediaTypeOf = (path: string, otherwise = unknownMediaType): string =>
  byEnding[endingOf(path).toLowerCase()] ?? otherwise
