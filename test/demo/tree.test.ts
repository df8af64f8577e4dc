/** How a playground is drawn: names that are alike are counted, the rest is shown. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawTree } from '../../demo/tree.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundwork-tree-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('shows folders, counts what is alike, leaves state out', async () => {
  const many = Array.from({ length: 12 }, (_, index) => String(index).padStart(2, '0'))
  const files = [
    '.groundwork/log',
    ...many.map(name => `coco/train2017/${name}.jpg`),
    ...many.map(name => `llava/pretrain/images/${name}/a.jpg`),
    'llava/pretrain/captions.json',
    'llava/sft/mix.json',
    'readme.txt',
  ]
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), '')
  }
  expect(await drawTree(folder)).toEqual([
    '├── coco/train2017/   12 files, 00.jpg … 11.jpg',
    '├── llava/',
    '│   ├── pretrain/',
    '│   │   ├── images/   12 folders, 00/ … 11/',
    '│   │   └── captions.json',
    '│   └── sft/',
    '│       └── mix.json',
    '└── readme.txt',
  ])
})
