/** Licences, creators and addresses as other tools want them. */

import { expect, test } from 'vitest'
import { type Address, parseAddress, webAddress } from '../../lib/model/address.ts'
import type { Target } from '../../lib/model/spec.ts'
import { creatorsOf, licensesOf } from '../../lib/report/croissant/credits.ts'

const target = (license?: string): Target => ({
  ...(license !== undefined && { license }),
  sources: [],
  rename: [],
  expect: {},
  pointer: '',
})

test.each([
  ['CC BY 4.0', 'https://spdx.org/licenses/CC-BY-4.0'],
  ['cc-by-nc-sa-4.0', 'https://spdx.org/licenses/CC-BY-NC-SA-4.0'],
  ['CC0 1.0', 'https://spdx.org/licenses/CC0-1.0'],
  ['GPL-3.0', 'https://spdx.org/licenses/GPL-3.0'],
  ['https://example.org/terms', 'https://example.org/terms'],
  ['SA-1B Dataset Research License', { '@type': 'sc:CreativeWork', name: 'SA-1B Dataset Research License' }],
  [undefined, { '@type': 'sc:CreativeWork', name: 'NOASSERTION' }],
])('licence %s', (written, told) => expect(licensesOf([target(written), target(written)])).toEqual([told]))

test('creators are told by their pages, each once', () => {
  const pages = [
    'https://www.example.org/a',
    'https://example.org/b',
    'https://huggingface.co/datasets/ann/pets',
    'https://github.com/ann/pets',
    'archives/pets.zip',
  ]
  expect(creatorsOf(pages).map(creator => Object.values(creator))).toEqual([
    ['sc:Organization', 'example.org', 'https://www.example.org'],
    ['sc:Organization', 'huggingface.co/ann', 'https://huggingface.co/ann'],
    ['sc:Organization', 'github.com/ann', 'https://github.com/ann'],
  ])
})

test.each([
  ['https://ann:secret@example.org/a%20b.zip?token=abc&v=1', 'https://example.org/a%20b.zip?v=1'],
  ['https://example.org/a.zip?key=abc', 'https://example.org/a.zip?key=***'],
  [
    'hf://datasets/ann/pets@refs/pr/1/a b.zip',
    'https://huggingface.co/datasets/ann/pets/resolve/refs%2Fpr%2F1/a%20b.zip',
  ],
  ['hf://models/bert@main/x.bin', 'https://huggingface.co/bert/resolve/main/x.bin'],
  ['gdrive://1aB', 'https://drive.google.com/uc?export=download&id=1aB'],
  ['gdrive://1aB/a b.zip', 'https://drive.google.com/drive/folders/1aB#a%20b.zip'],
  ['file:///data/a.zip', undefined],
])('address %s', (written, told) => expect(webAddress(parseAddress(written) as Address)).toBe(told))
