/** Addresses that are read and checked, but that nothing can fetch yet. */

import type { DownloadParams } from '../../lib/model/params.ts'

export const notYet = ({ download: { url } }: DownloadParams): string | undefined =>
  url.length > 1 ? 'files that are published in parts' : undefined
