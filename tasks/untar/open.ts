/** Finds out by its first bytes what an archive is: a tar, a compressed tar, one compressed file, or none of these. */

import { type Compression, compressionOf } from '../../lib/io/compression.ts'
import { decompress } from '../../lib/io/decompress.ts'
import { Pull } from '../../lib/io/pull.ts'
import { beginningOf, resemblanceOf, resemblingBytes } from '../../lib/io/resemblance.ts'
import { beginsLikeTar } from '../../lib/io/tar.ts'
import { Problem } from '../../lib/model/problem.ts'
import { singleName, type UntarParams } from './params.ts'

export type Opened =
  | { readonly form: 'tar'; readonly content: Pull }
  | { readonly form: 'single'; readonly name: string; readonly content: Pull }

/** `file`: the archive's bytes. Throws `not-a-tar`. Whoever opens closes `content`. */
export async function openArchive(file: Pull, params: UntarParams, signal: AbortSignal): Promise<Opened> {
  const head = await file.peek(resemblingBytes)
  if (beginsLikeTar(head) !== 'no') return { form: 'tar', content: file }
  const compression = compressionOf(head)
  if (compression === undefined) throw notATar(params.fileName, head)
  const content = new Pull(decompress(file.rest(), compression, params.fileName, signal))
  try {
    return await openContent(content, compression, params)
  } catch (error) {
    await content.close()
    throw error
  }
}

async function openContent(content: Pull, compression: Compression, params: UntarParams): Promise<Opened> {
  const head = await content.peek(resemblingBytes)
  const name = singleName(params)
  const looks = beginsLikeTar(head)
  // Zeros may be a tar of nothing, or the beginning of any file: then the name decides.
  if (looks === 'yes' || looks === 'damaged' || (looks === 'with zeros' && name === undefined))
    return { form: 'tar', content }
  if (name === undefined) throw notATar(params.fileName, head, compression)
  return { form: 'single', name, content }
}

function notATar(archive: string, head: Buffer, compression?: Compression): Problem {
  const resembles = resemblanceOf(head)
  const next =
    resembles?.key === 'unzip' && compression === undefined
      ? 'write unzip: instead of untar: in the spec.'
      : 'name a source that publishes a tar, or place the file as it is with file:.'
  return new Problem({
    code: 'not-a-tar',
    message:
      compression === undefined
        ? `${archive} is neither a tar nor compressed in a way that is known here.`
        : `${archive} holds no tar below its compression with ${compression}, although its name says so.`,
    evidence: [
      { label: 'wanted', text: 'the header of a first entry' },
      { label: 'found', text: beginningOf(head) },
    ],
    next: resembles?.next ?? next,
  })
}
