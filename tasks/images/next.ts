/** What to do about images that are not there, by why they are not: the most frequent cures first. Pure. */

import { belowRootOf, type ImagesParams } from '../../lib/model/annotation.ts'
import { fewOf } from '../../lib/model/few.ts'
import type { Absence } from './absence.ts'

/** `image`: as the annotation writes it. */
export interface Absent {
  readonly image: string
  readonly absence: Absence
}

/** One sentence, or two; of all that could be done at most two things, and what is left to do about what is lost. */
export function nextFor(
  params: Pick<ImagesParams, 'target' | 'images' | 'sees'>,
  all: readonly Absent[],
): string {
  const cures = new Map<string, number>()
  const builds = unbuiltAmong(all)
  let lost = 0
  for (const { image, absence } of all) {
    if (isLost(absence)) lost += 1
    const cure = cureOf(params, image, absence, builds)
    if (cure !== undefined) cures.set(cure, (cures.get(cure) ?? 0) + 1)
  }
  const most = [...cures].toSorted((a, b) => b[1] - a[1]).slice(0, 2)
  const told = most.map(([cure]) => cure)
  if (told.length === 0 && params.sees.length === 0) return nobodys
  return `${[...told, ...(lost > 0 ? [ofLost] : [])].join('; ')}.`
}

const nobodys =
  'name a target that gives these images, or correct `images`; without it nobody looks for them.'

const ofLost = 'what is really lost is left out by `drop_missing: true`, or allowed with `allow_missing`'

const isLost = ({ why }: Absence): boolean => why === 'absent' || why === 'failed' || why === 'empty'

/** Targets that a build would complete. */
const unbuiltAmong = (all: readonly Absent[]): readonly string[] => [
  ...new Set(all.flatMap(({ absence }) => ('target' in absence ? [absence.target] : []))),
]

/** Undefined where nothing is known. */
function cureOf(
  { target, images }: Pick<ImagesParams, 'target' | 'images'>,
  image: string,
  absence: Absence,
  builds: readonly string[],
): string | undefined {
  switch (absence.why) {
    case 'not-built':
    case 'damaged':
      return builds.length > mostNamed
        ? `build ${fewOf(builds, mostNamed)}, then ${target}`
        : `npx tsx build ${[...builds, target].join(' ')} puts them there`
    case 'deeper':
      return ofDeeper(images, image, absence.there)
    case 'higher':
      return ofHigher(images, image, absence.there)
    case 'ending':
    case 'case':
    case 'dash':
    case 'unicode':
      return '`rename` gives files other names, `rewrite` the paths of an annotation'
    case 'outside':
      return '`rewrite` makes paths of those that lead out of the playground'
    case 'failed':
      return '`fill` names an archive for what hosts do not give any more'
    case 'no-image':
      return 'another source may have the files that are no images'
    case 'empty':
    case 'absent':
      return undefined
  }
}

const mostNamed = 5

/** Its whole path lies below another folder; or a folder stands in between, as an archive has it. */
function ofDeeper(images: string, image: string, there: string): string {
  const folder = folderOf(image, there)
  if (folder === undefined) return depth
  const below =
    images === '' ? folder : folder.startsWith(`${images}/`) ? folder.slice(images.length + 1) : undefined
  const written = asWritten(folder)
  return below === undefined
    ? written
    : `${written}, or make an annotation that fits with \`prefix: ${below}/\``
}

const asWritten = (folder: string): string =>
  `write \`images: /${folder}\` where that is the image folder of training`

/** What `images` would have to be, below the root; undefined where that is not all. */
const folderOf = (image: string, there: string): string | undefined =>
  `/${there}`.endsWith(`/${image}`) ? there.slice(0, -image.length).replace(/\/$/, '') : undefined

function ofHigher(images: string, image: string, there: string): string {
  const folder = folderOf(image, there)
  if (folder !== undefined) return asWritten(folder)
  const path = belowRootOf(images, image)
  if (path === undefined || !path.endsWith(`/${there}`) || !image.endsWith(`/${there}`)) return depth
  return `\`rewrite\` takes \`${image.slice(0, -there.length)}\` off the paths`
}

const depth = '`root` and `into` say how deep the files of an archive lie, `rewrite` changes the paths'
