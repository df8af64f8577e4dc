/** Addresses that are read and checked, but that nothing can fetch yet. */

import { parseAddress } from '../../lib/model/address.ts'
import type { DownloadParams } from '../../lib/model/params.ts'

export function notYet({ download: { url, mirrors } }: DownloadParams): string | undefined {
  if (url.length > 1) return 'files that are published in parts'
  return [...url, ...mirrors].every(text => isDrive(text)) ? 'Google Drive addresses' : undefined
}

function isDrive(text: string): boolean {
  const address = parseAddress(text)
  return typeof address !== 'string' && address.scheme === 'gdrive'
}
