/** The command line: which verb, which targets, which options. */

import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { type Command, parseCommand } from '../../lib/cli/arguments.ts'
import { targetsNamed } from '../../lib/spec/targets.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'
import { specOf } from './fakes.ts'

const source = 'sources: [{ url: x.zip }]'
const spec = specOf(`
groups:
  vg: [vg, extra]
  extra: [textvqa/train_images]
targets:
  vg/VG_100K: { ${source} }
  vg/VG_100K_2: { ${source} }
  coco/train2017: { ${source} }
  coco: { sources: [{ url: n.json }] }
  textvqa/train_images: { ${source} }
`)

test.each<[string[], string[]]>([
  [[], ['vg/VG_100K', 'vg/VG_100K_2', 'coco/train2017', 'coco', 'textvqa/train_images']],
  [['coco/train2017'], ['coco/train2017']],
  [['coco'], ['coco/train2017', 'coco']],
  // A group wins over the directory; inside of it the name is the directory.
  [['vg'], ['vg/VG_100K', 'vg/VG_100K_2', 'textvqa/train_images']],
  [
    ['textvqa', 'vg/VG_100K', 'textvqa'],
    ['vg/VG_100K', 'textvqa/train_images'],
  ],
])('%j', (names, targets) => expect(targetsNamed(spec, names)).toEqual(targets))

test('unknown names are told together, with what was probably meant', async () => {
  const problem = await problemOf(() =>
    Promise.resolve().then(() => targetsNamed(spec, ['train2017', 'coco', 'textvqa/train_image', 'zzz'])),
  )
  expectGolden('engine/unknown-target', problem)
})

const usual: Command['options'] = {
  spec: 'datasets.yaml',
  root: undefined,
  dryRun: false,
  jobs: availableParallelism(),
  keepGoing: false,
  force: false,
  json: false,
  quiet: false,
  offline: false,
  locked: false,
  keepArchives: false,
  onlyNeeded: false,
  sample: undefined,
  check: 'tree',
  rateBytesPerSecond: undefined,
  format: 'mermaid',
  exportFormat: undefined,
  output: undefined,
  all: false,
  archives: false,
  exitCode: false,
  from: undefined,
  link: undefined,
  yes: false,
  extra: false,
  help: false,
}

test.each<[string, string, string[], Partial<Command['options']>]>([
  ['', 'overview', [], {}],
  ['playground', 'build', ['playground'], {}],
  ['build', 'build', [], {}],
  ['build ./coco/train2017/ vg', 'build', ['coco/train2017', 'vg'], {}],
  ['status vg', 'status', ['vg'], {}],
  ['vg status', 'build', ['vg', 'status'], {}],
  ['export vg --format jsonl --output x', 'export', ['vg'], { exportFormat: 'jsonl', output: 'x' }],
  ['graph --format dot', 'graph', [], { format: 'dot' }],
  ['-n', 'build', [], { dryRun: true }],
  ['--force', 'build', [], { force: true }],
  ['--locked', 'build', [], { locked: true }],
  ['--json', 'overview', [], { json: true }],
  [
    'x --dry-run --keep-going --offline --quiet',
    'build',
    ['x'],
    { dryRun: true, keepGoing: true, offline: true, quiet: true },
  ],
  ['x -nkfq', 'build', ['x'], { dryRun: true, keepGoing: true, force: true, quiet: true }],
  ['x -j 3 --keep-archives', 'build', ['x'], { jobs: 3, keepArchives: true }],
  ['x --spec other.yaml --root=elsewhere', 'build', ['x'], { spec: 'other.yaml', root: 'elsewhere' }],
  ['x --rate 50MB/s', 'build', ['x'], { rateBytesPerSecond: 50e6 }],
  ['x --check hash', 'build', ['x'], { check: 'hash' }],
  ['graph --format dot', 'graph', [], { format: 'dot' }],
  ['clean --archives', 'clean', [], { archives: true }],
  ['status --exit-code', 'status', [], { exitCode: true }],
  ['why --help', 'why', [], { help: true }],
  ['x --on local', 'build', ['x'], {}],
])('%s', (line, verb, names, options) => {
  expect(parseCommand(line.split(' ').filter(word => word !== ''))).toEqual({
    verb,
    names,
    options: { ...usual, ...options },
  })
})

const refused = (line: string) => problemOf(() => Promise.resolve().then(() => parseCommand(line.split(' '))))

test.each([
  ['bad-usage', 'x --dryrun'],
  ['bad-usage.jobs', 'x --jobs many'],
  ['bad-usage.rate', 'x --rate fast'],
  ['bad-usage.choice', 'graph --format svg'],
  ['bad-usage.value', 'x --spec'],
  ['not-yet.options', 'x --only-needed --on slurm'],
])('%s: %s', async (name, line) => {
  const problem = await refused(line)
  expect(problem.code).toBe(name.split('.')[0])
  expectGolden(`engine/${name}`, problem)
})
