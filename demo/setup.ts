/** A folder with the small world, a mirror that publishes it, and a spec that asks for it. Builds nothing. */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Mirror, startMirror } from './mirror.ts'
import { demoSpec } from './spec.ts'
import { addedLater, makeWorld, type World } from './world.ts'

export interface Setup {
  readonly mirror: Mirror
  readonly world: World
  readonly specFile: string
  /** Where the spec puts the playground. */
  readonly playground: string
  /** The same spec with one dataset more, `addedLater`, in the group `playground`. */
  readonly longerSpec: string
}

const shippedSpec = new URL('../datasets.yaml', import.meta.url)

export async function setUp(folder: string): Promise<Setup> {
  const shipped = await readFile(shippedSpec, 'utf8')
  const world = await makeWorld(join(folder, 'published'))
  const mirror = await startMirror()
  const spec = demoSpec({ shipped, world, mirrorUrl: mirror.url, added: [] })
  const longer = demoSpec({ shipped, world, mirrorUrl: mirror.url, added: [addedLater] })
  for (const { path, file, huggingFace } of longer.routes)
    mirror.serve(path, { file }, { does: huggingFace ? 'huggingface' : 'normal' })
  const specFile = join(folder, 'datasets.yaml')
  await writeFile(specFile, spec.text)
  return { mirror, world, specFile, playground: join(folder, 'playground/data'), longerSpec: longer.text }
}
