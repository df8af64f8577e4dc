/** The door to sharp: makes a JPEG of an image file. Loaded where there is one to be made; knows no names and no targets. */

import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type sharpFunction from 'sharp'
import { type DiagnosticDraft, Problem } from '../model/problem.ts'
import { jpgSettings } from '../model/transcode.ts'

export interface JpegEncoder {
  /** Of sharp and of the library below it: the same versions make the same bytes. */
  readonly version: string
  /** More at once would not be faster. */
  readonly atOnce: number
  /** Of the picture that will be taken, by its header alone. Throws `Unreadable`. */
  pixelsOf(path: string): Promise<number>
  /** Throws `Unreadable`. */
  encode(path: string): Promise<Buffer>
}

/** A larger picture is taken for one that is made to fill the memory. */
export const mostPixels = 2 ** 28

/**
 * The file holds no picture that can be read. The message says why, in the words of the library; where several are read at
 * once they may be those of another one.
 */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

/** Throws `library-missing`. */
export async function openJpegEncoder(
  load: () => Promise<{ readonly default: typeof sharpFunction }> = () => import('sharp'),
): Promise<JpegEncoder> {
  const { default: sharp } = await load().catch((error: unknown) => {
    throw new Problem({ ...missing(error), disk: 'Nothing was placed; what was downloaded is kept.' })
  })
  const cores = availableParallelism()
  // Its work is done by the threads that Node has for files as well: one is left to those.
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4)
  const atOnce = Math.max(1, Math.min(cores, threads - 1))
  sharp.concurrency(Math.ceil(cores / atOnce))
  // No file is read twice.
  sharp.cache(false)
  const open = (path: string) => sharp(path, { limitInputPixels: mostPixels, failOn: 'error' })
  return {
    version: `${sharp.versions.sharp} (libvips ${sharp.versions.vips})`,
    atOnce,
    async pixelsOf(path) {
      const { width, height } = await reading(open(path).metadata())
      return width * height
    },
    encode(path) {
      const { background, ...settings } = jpgSettings
      return reading(open(path).autoOrient().flatten({ background }).jpeg(settings).toBuffer())
    },
  }
}

function reading<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new Unreadable(line.trim())
  })
}

/** What is told where sharp is left out, or is not for this system. */
export function jpegEncoderLacks(): DiagnosticDraft | undefined {
  try {
    createRequire(import.meta.url)('sharp')
    return undefined
  } catch (error) {
    return missing(error)
  }
}

function missing(error: unknown): DiagnosticDraft {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return {
    code: 'library-missing',
    message: 'sharp, which makes JPEG of other images, cannot be loaded.',
    evidence: [
      { label: 'wanted', text: 'the package sharp, for this system' },
      { label: 'found', text: line.trim() },
    ],
    next: 'run `npm install --include=optional` where Groundwork lies, and build again.',
  }
}
