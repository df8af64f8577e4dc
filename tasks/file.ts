/** Places a download as it is, under the name that the spec gives it. Looks at none of its bytes. */

import { basename, join } from 'node:path'
import { copy, linkOrCopy } from '../lib/io/disk.ts'
import { text } from '../lib/model/grammar.ts'
import type { Input, TaskId, TaskKind } from '../lib/model/task.ts'

export interface FileParams {
  /** The target's directory below the root. */
  readonly target: string
  /** Below the target, `/` between names. */
  readonly name: string
  /** Gives the file. */
  readonly from: TaskId
  readonly bytes: number | undefined
  readonly sha256: string | undefined
}

const grammar = text({
  about: 'The name, below the target, under which the file is placed as it is.',
  examples: ['dataset.json', 'notes/LICENSE.txt'],
  check: wrongInName,
})

/** Half a sentence on what is wrong with a name, or undefined. */
function wrongInName(name: string): string | undefined {
  if (name.startsWith('/')) return 'is an absolute path; it has to be a name below the target'
  const parts = name.split('/')
  if (parts.includes('..')) return 'leads out of the target'
  if (parts.includes('') || parts.includes('.')) return 'is not the name of a file'
  return undefined
}

export const file: TaskKind<FileParams> = {
  name: 'file',
  version: 1,
  lane: 'core',
  consumes: true,
  takesGrowing: 'again',
  source: {
    key: 'file',
    grammar,
    fileName: written => basename(written as string),
    params: ({ target, written, from, fileName, size, sha256 }) => ({
      target,
      name: (written as string | undefined) ?? fileName,
      from,
      bytes: size,
      sha256,
    }),
  },

  outline: ({ target, name, from, bytes, sha256 }) => ({
    name: `${target}/${name}`,
    fingerprint: [],
    takes: [from],
    gives: {
      form: 'file',
      at: `${target}/${name}`,
      lasting: true,
      ...(sha256 !== undefined && { pins: { sha256 } }),
    },
    forecast: { bytes, files: 1 },
  }),

  async run({ name }, bench) {
    // What the spec names later waits for it where the two meet, however slowly it comes.
    bench.foretell({ count: 1, path: () => basename(name) })
    const input = await bench.whole(bench.inputs[0] as Input)
    const put = input.sole ? linkOrCopy : copy
    put(input.path, join(bench.staging, basename(name)))
    bench.record(basename(name), input.manifest.size(0), input.manifest.sha256(0))
  },
}
