/** What a download would run into on this machine: files that its addresses name and that do not lie there. Reads none. */

import { parseAddress } from '../../lib/model/address.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { type DiagnosticDraft, Problem } from '../../lib/model/problem.ts'
import { regularFile } from './local.ts'
import { type Offer, offersOf } from './sources.ts'

/** Undefined where one of its addresses has all of it, or may have: hosts are not asked. */
export async function missing(params: DownloadParams): Promise<DiagnosticDraft | undefined> {
  const { url, mirrors } = params.download
  if (![...url, ...mirrors].every(isLocal)) return undefined
  const missed = await Promise.all(offersOf(params, process.env).map(missedOf))
  return missed.includes(undefined) ? undefined : missed[0]
}

function isLocal(text: string): boolean {
  const address = parseAddress(text)
  return typeof address !== 'string' && address.scheme === 'file'
}

/** The first of its files that cannot be copied. */
async function missedOf({ sources }: Offer): Promise<DiagnosticDraft | undefined> {
  for (const source of sources) {
    if (source.form !== 'local') continue
    try {
      await regularFile(source)
    } catch (error) {
      if (error instanceof Problem) return error.diagnostics[0]
      throw error
    }
  }
  return undefined
}
