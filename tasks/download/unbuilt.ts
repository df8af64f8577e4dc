/** Addresses that are read and checked, but that nothing can fetch yet. */

import { parseAddress } from '../../lib/model/address.ts'
import type { DownloadParams } from '../../lib/model/params.ts'

export function notYet({ download: { url, mirrors } }: DownloadParams): string | undefined {
  return [...url, ...mirrors].every(text => isDrive(text)) ? 'Google Drive addresses' : undefined
}

function isDrive(text: string): boolean {
  const address = parseAddress(text)
  return typeof address !== 'string' && address.scheme === 'gdrive'
}
