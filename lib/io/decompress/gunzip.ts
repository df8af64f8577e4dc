/** Undoes gzip as the bytes pass, one member behind the other, and looks at what stands behind the last. */

import { createGunzip, type Gunzip } from 'node:zlib'
import { errorCode } from '../disk.ts'
import { bytesAfter, refuseRest, type Undone } from './rest.ts'

/** `options`: of the stream. */
export async function* gunzip(
  bytes: AsyncIterable<Buffer>,
  undone: Undone,
  options: object,
): AsyncGenerator<Buffer> {
  const stream = createGunzip(options)
  const fed = feed(bytes, stream, undone)
  // Heard below; and where the stream fails, so does what feeds it.
  fed.catch((error: Error) => stream.destroy(error))
  try {
    yield* stream as AsyncIterable<Buffer>
    await fed
  } catch (error) {
    throw isNoHeader(error) ? bytesAfter(undone) : error
  } finally {
    stream.destroy()
  }
}

/** What zlib says where a member should begin; that the first one does was seen before. */
const isNoHeader = (error: unknown): boolean =>
  errorCode(error) === 'Z_DATA_ERROR' && (error as Error).message === 'incorrect header check'

/** One piece is taken in before the next one is fetched, so that it is known which one the stream ended in. */
async function feed(bytes: AsyncIterable<Buffer>, stream: Gunzip, undone: Undone): Promise<void> {
  let given = 0
  let hasEnded = false
  for await (const piece of bytes) {
    if (hasEnded) refuseRest(piece, undone)
    else {
      await write(stream, piece)
      given += piece.length
      const left = given - stream.bytesWritten
      hasEnded = left > 0
      if (hasEnded) refuseRest(piece.subarray(piece.length - left), undone)
    }
  }
  if (!hasEnded) stream.end()
}

const write = (stream: Gunzip, piece: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(piece, error => (error ? reject(error) : resolve()))
  })
