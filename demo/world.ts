/**
 * A small world with the shape of the real one: every archive and annotation of layouts A and B, and one dataset to be
 * added later. Same seed, same bytes. Knows no addresses: demo/spec.ts says who publishes what.
 */

import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { captions, mixture } from './annotations.ts'
import { membersOf, shapes, writeArchive } from './archives.ts'
import { diceFrom } from './pictures.ts'

/** One published file. */
export interface Publication {
  /** The target of datasets.yaml that needs it. */
  readonly target: string
  /** What the target makes of it, in the words of datasets.yaml. */
  readonly becomes: 'unzip' | 'json'
  /** Absolute path. */
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  /** Files inside, or records. */
  readonly count: number
}

export type World = readonly Publication[]

const pretrain = 'llava/llava_pretrain'
const sft = 'llava/llava_sft'

/** The dataset that the demo adds to a finished playground. */
export const addedLater = 'web-landmark/images'

/** Writes the published files into `folder`. */
export async function makeWorld(folder: string, seed = 665): Promise<World> {
  const dice = diceFrom(seed)
  const world: Publication[] = []
  /** As an annotation names them, by target; without the empty ones. */
  const images = new Map<string, string[]>()
  for (const shape of shapes) {
    const file = await roomFor(folder, shape.target, 'images.zip')
    const members = await membersOf(shape, dice)
    await writeArchive(file, shape, members)
    world.push(await publication(shape.target, 'unzip', file, members.length))
    const pictures = members.filter(({ content }) => content.length > 0)
    images.set(
      shape.target,
      pictures.map(({ path }) => shape.prefix + path.replace(/\.(gif|png)$/, '.jpg')),
    )
  }
  const forSft = [...images].filter(([target]) => target !== pretrain && target !== addedLater)
  const annotations = {
    [pretrain]: captions(images.get(pretrain) ?? [], dice),
    [sft]: mixture(
      forSft.flatMap(([, paths]) => paths),
      20,
      dice,
    ),
  }
  for (const [target, records] of Object.entries(annotations)) {
    const file = await roomFor(folder, target, 'annotation.json')
    await writeFile(file, JSON.stringify(records))
    world.push(await publication(target, 'json', file, records.length))
  }
  return world
}

async function roomFor(folder: string, target: string, name: string): Promise<string> {
  const file = join(folder, target, name)
  await mkdir(dirname(file), { recursive: true })
  return file
}

async function publication(
  target: string,
  becomes: 'unzip' | 'json',
  file: string,
  count: number,
): Promise<Publication> {
  const content = await readFile(file)
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { target, becomes, file, bytes: content.length, sha256, count }
}
