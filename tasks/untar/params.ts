/** How a source of the spec asks for a tar, or for one compressed file, and what the task gives. Knows no file. */

import { compressionOfName, isTarName, plainName } from '../../lib/io/compression.ts'
import { lackingFor } from '../../lib/io/decompress/codecs.ts'
import type { DiagnosticDraft } from '../../lib/model/problem.ts'
import type { SourceRequest } from '../../lib/model/source-form.ts'
import type { Outline } from '../../lib/model/task.ts'
import { type UnpackParams, unpackOutline, unpackParams } from '../unzip/params.ts'

export interface UntarParams extends UnpackParams {
  /** Of the archive. */
  readonly fileName: string
}

export const untarParams = (request: SourceRequest): UntarParams => ({
  ...unpackParams(request),
  fileName: request.fileName,
})

/** What the file is called that a compressed one gives; undefined where the name promises a tar. */
export const singleName = ({ fileName }: UntarParams): string | undefined =>
  isTarName(fileName) ? undefined : plainName(fileName)

export function untarOutline(params: UntarParams): Outline {
  const outline = unpackOutline(params)
  const name = singleName(params)
  // A tar is the same under any name.
  if (name === undefined) return outline
  return { ...outline, fingerprint: [...outline.fingerprint, { name: 'file name', value: name }] }
}

/** Told by the name of the archive: before it is fetched nothing else is known of it. */
export function untarLacks({ fileName }: UntarParams): DiagnosticDraft | undefined {
  const compression = compressionOfName(fileName)
  return compression && lackingFor(fileName, compression)
}
