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
  const among = { builds: unbuiltAmong(all), rules: rulesAmong(all), folders: foldersAmong(all) }
  let left = 0
  for (const { image, absence } of all) {
    if (isLost(absence)) left += 1
    const cure = cureOf(params, image, absence, among)
    if (cure !== undefined) cures.set(cure, (cures.get(cure) ?? 0) + 1)
  }
  const most = [...cures].toSorted((a, b) => b[1] - a[1]).slice(0, 2)
  const told = most.map(([cure]) => cure)
  if (told.length === 0 && params.sees.length === 0) return nobodys
  return `${[...told, ...(left > 0 ? [ofLost] : [])].join('; ')}.`
}

const nobodys =
  'name a target that gives these images, or correct `images`; without it nobody looks for them.'

const ofLost = 'what is really lost is left out by `drop_missing: true`, or allowed with `allow_missing`'

const lost: readonly Absence['why'][] = ['absent', 'nobodys', 'failed', 'empty']
const isLost = ({ why }: Absence): boolean => lost.includes(why)

/** Targets that a build would complete. */
const unbuiltAmong = (all: readonly Absent[]): readonly string[] => [
  ...new Set(all.flatMap(({ absence }) => ('target' in absence ? [absence.target] : []))),
]

/** That no target gives. */
const foldersAmong = (all: readonly Absent[]): readonly string[] => [
  ...new Set(all.flatMap(({ absence }) => (absence.why === 'nobodys' ? [`${absence.folder}/…`] : []))),
]

/** Of UTF-8, a character each. */
const encoded =
  /%[0-7][\da-f]|%[cd][\da-f]%[\da-f]{2}|%e[\da-f](?:%[\da-f]{2}){2}|%f[\da-f](?:%[\da-f]{2}){3}/gi

/** What `rewrite` would have to be told for the paths that are written in another way, as the spec writes it. */
function rulesAmong(all: readonly Absent[]): readonly string[] {
  let hasBackslash = false
  const codes = new Set<string>()
  for (const { image, absence } of all) {
    if (absence.why !== 'backslash' && absence.why !== 'percent') continue
    if (image.includes('\\')) hasBackslash = true
    if (absence.why === 'percent') for (const [code] of image.matchAll(encoded)) codes.add(code)
  }
  // The sign itself last: what it stands before in the result is no code.
  const inOrder = [...codes].toSorted((a, b) => Number(a === '%25') - Number(b === '%25'))
  return [
    ...(hasBackslash ? [String.raw`{ match: '\\', to: '/' }`] : []),
    ...inOrder.map(code => `{ match: '${code}', to: '${asReplacement(decodeURIComponent(code))}' }`),
  ]
}

/** Between single quotes of YAML. */
const asReplacement = (text: string): string => text.replaceAll('$', '$$$$').replaceAll("'", "''")

const mostRules = 4

interface Among {
  readonly builds: readonly string[]
  readonly rules: readonly string[]
  readonly folders: readonly string[]
}

/** Undefined where nothing is known. */
function cureOf(
  { target, images, sees }: Pick<ImagesParams, 'target' | 'images' | 'sees'>,
  image: string,
  absence: Absence,
  { builds, rules, folders }: Among,
): string | undefined {
  switch (absence.why) {
    case 'not-built':
    case 'damaged':
      return builds.length > mostNamed
        ? `build ${fewOf(builds, mostNamed)}, then ${target}`
        : `npx tsx build ${[...builds, target].join(' ')} puts them there`
    case 'nobodys':
      return sees.length === 0
        ? undefined
        : `name a target that gives ${fewOf(folders, 3)}, or correct the paths or \`images\``
    case 'backslash':
    case 'percent':
      return `\`rewrite: [${rules.slice(0, mostRules).join(', ')}${rules.length > mostRules ? ', …' : ''}]\` makes an annotation with the paths of the files`
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
