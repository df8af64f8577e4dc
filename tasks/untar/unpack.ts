/** Unpacks a tar or one compressed file, whole or still on its way. */

import { arriving } from '../../lib/io/arriving.ts'
import { look, roomAt } from '../../lib/io/disk.ts'
import { Pull } from '../../lib/io/pull.ts'
import { TarReader } from '../../lib/io/tar.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { blameArchive, blameParts } from '../unzip/blame.ts'
import { openArchive } from './open.ts'
import type { UntarParams } from './params.ts'
import { Room } from './room.ts'
import { unpackSingle } from './single.ts'
import { unpackTree } from './tree.ts'

/** Lets BegunAnew pass: another version of the file is unpacked by another attempt. */
export async function unpack(params: UntarParams, bench: Workbench, filesystemAt = roomAt): Promise<void> {
  const input = bench.inputs[0] as Input
  const { parts } = params.places
  const telling: Workbench = { ...bench, tell: told => bench.tell(blameParts(told, parts)) }
  const room = new Room(params.fileName, bench.staging, filesystemAt)
  const end = new AbortController()
  const signal = AbortSignal.any([bench.signal, end.signal])
  // Where the root is wrong, the archive is wanted again with another one.
  let isRootFound = params.root.form !== 'folder'
  const onRoot = (): void => void (isRootFound = true)
  const bytes = arriving({ ...input, signal, mayPass: () => isRootFound, onPassed: progressOf(input, bench) })
  const file = new Pull(bytes)
  let content = file
  try {
    const opened = await openArchive(file, params, signal)
    content = opened.content
    if (opened.form === 'single') await unpackSingle(opened.name, content, params, bench, room)
    else await unpackTree(new TarReader(params.fileName, content), params, telling, { room, onRoot })
    input.growing?.pass(Number.POSITIVE_INFINITY)
  } catch (error) {
    await blameArchive(content === file ? error : await earlierFlaw(error, content), input, parts)
  } finally {
    // First, so that nobody waits for bytes that nobody wants.
    end.abort()
    await content.close()
    await file.close()
  }
}

/** How far is read on for the end of a damaged block, or of the whole, where a compression proves what came out of it. */
const readOnBytes = 1 << 30

/** Bytes come out of a decompressor before it has seen that they are wrong: where it says so, that is what is wrong. */
async function earlierFlaw(error: unknown, content: Pull): Promise<unknown> {
  if (!(error instanceof Problem && error.code === 'corrupt-tar')) return error
  try {
    await content.skip(readOnBytes)
    return error
  } catch (cause) {
    return cause instanceof Problem ? cause : error
  }
}

/** In bytes of the archive: how much it unpacks to is known when it is over. */
function progressOf({ path, growing }: Input, bench: Workbench): (position: number) => void {
  const whole = growing ? undefined : look(path)?.size
  return position => bench.progress(position, growing ? growing.bytes : whole, 'bytes')
}
