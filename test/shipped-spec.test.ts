/** The shipped datasets.yaml, through the real command line: what its groups need is what is published about them. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { formatCount } from '../lib/model/units.ts'

interface PlanEvent {
  readonly event: string
  readonly steps: readonly { readonly kind: string; readonly target: string; readonly verdict: string }[]
  readonly totals: {
    readonly download: number
    readonly write: number
    readonly byHost: Record<string, number>
  }
}

const repository = new URL('..', import.meta.url)
const read = (path: string): Promise<string> => readFile(new URL(path, repository), 'utf8')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundwork-shipped-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function plan(name: string, spec = 'datasets.yaml'): Promise<PlanEvent> {
  const words = ['build', name, '--dry-run', '--json', '--spec', spec, '--root', join(folder, 'data')]
  const { stdout } = await execa('tsx', words, { cwd: repository, preferLocal: true })
  return JSON.parse(stdout.split('\n').find(line => line.includes('"event":"plan"')) ?? '') as PlanEvent
}

const targetsOf = ({ steps }: PlanEvent): string[] => [...new Set(steps.map(({ target }) => target))]

const layoutA = ['llava/llava_pretrain']
const imagesOfB = [
  'coco/train2017',
  'gqa/images',
  'ocr_vqa/images',
  'textvqa/train_images',
  'vg/VG_100K',
  'vg/VG_100K_2',
]
const ownOfC = [
  'open-llava-next',
  'sam/images',
  'web-celebrity/images',
  'web-landmark/images',
  'wikiart/images',
  'share_textvqa/images',
  'allava_vflan/images/images_191task_1k',
  'ai2d/images',
  'chartqa/train/png',
  'docvqa/train/documents',
  'dvqa/images',
  'geoqa+/images',
  'synthdog-en/images',
]

test.each([
  { group: 'pretrain', targets: layoutA, download: 27_537_108_382 },
  { group: 'sft', targets: ['llava/llava_sft', ...imagesOfB], download: 73_432_100_406 },
  {
    group: 'playground',
    targets: [...layoutA, 'llava/llava_sft', ...imagesOfB],
    download: 100_969_208_788,
  },
  { group: 'open-llava-next', targets: [...layoutA, ...imagesOfB, ...ownOfC], download: 177_540_816_940 },
])('$group needs its datasets and no others', async ({ group, targets, download }) => {
  const planned = await plan(group)
  expect(targetsOf(planned).toSorted()).toEqual(targets.toSorted())
  expect(planned.totals.download).toBe(download)
  expect(planned.steps.filter(({ verdict }) => verdict === 'fresh')).toEqual([])
})

test('what six targets share is downloaded once', async () => {
  const { steps, totals } = await plan('open-llava-next')
  expect(steps.filter(({ kind }) => kind === 'download')).toHaveLength(16)
  expect(totals.byHost['drive.google.com']).toBe(9_511_533_733)
  // All six together write no more than the one archive holds.
  expect(Math.abs(totals.write - totals.download)).toBeLessThan(10)
})

interface Pinned {
  readonly size?: number | string
}

test('the documentation tells every exact size of the spec, and no other', async () => {
  const spec = parse(await read('datasets.yaml')) as {
    downloads: Record<string, Pinned>
    targets: Record<string, { sources: readonly Pinned[] }>
  }
  const pinned = [...Object.values(spec.downloads), ...Object.values(spec.targets).flatMap(of => of.sources)]
  const exact = pinned.flatMap(({ size }) => (typeof size === 'number' ? formatCount(size) : []))
  const told = (await read('docs/datasets.md')).match(/\d{1,3}(,\d{3}){2,}/g) ?? []
  expect(told.toSorted()).toEqual(exact.toSorted())
})

test('the example of the documentation is a spec', async () => {
  const example = /```yaml\n([^]*?)```/.exec(await read('docs/datasets.md'))?.[1] ?? ''
  const file = join(folder, 'datasets.yaml')
  await writeFile(file, example)
  expect(targetsOf(await plan('birds', file))).toEqual(['birds/images'])
})
