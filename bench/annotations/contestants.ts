/** Who is measured: commands that read one annotation, and what they make of it. */

import { constants } from 'node:buffer'
import type { Entrant } from '../entrants.ts'
import { ownProgram, pythonItself } from '../entrants.ts'
import type { Content } from './mix.ts'
import type { Change } from './our-transform.ts'

export interface Annotation extends Content {
  readonly path: string
  readonly bytes: number
  /** Folder of the manifests that its images are held against. */
  readonly manifests: string
}

export interface Reader extends Entrant<Annotation> {
  /** A longer file does not fit. */
  readonly mostBytes?: number
}

const itself = (
  name: string,
  file: URL,
  role: Reader['role'],
  more: (annotation: Annotation) => readonly string[] = () => [],
): Reader => ({
  name,
  role,
  needs: [],
  command: annotation => {
    const { path, records, textOnly, lacking, lost } = annotation
    const content = JSON.stringify({ records, textOnly, lacking, lost } satisfies Content)
    return ownProgram(file, path, content, ...more(annotation))
  },
})

const transforming = (change: Change): Reader =>
  itself(change, new URL('our-transform.ts', import.meta.url), 'ours', ({ manifests }) => [manifests, change])

/** Every byte is checked; the records are counted. */
export const scan = itself('our scan', new URL('our-scan.ts', import.meta.url), 'ours')
/** That, and every image path is held against the manifests. */
export const check = itself(
  'our check of images',
  new URL('our-check.ts', import.meta.url),
  'ours',
  ({ manifests }) => [manifests],
)
export const prefix = transforming('prefix')
export const castId = transforming('cast_id')
export const dropMissing = transforming('drop_missing')
export const sample = transforming('sample')

/** Reads no JSON: the scale. */
export const openssl: Reader = {
  name: 'openssl dgst -sha256',
  role: 'part',
  needs: ['openssl'],
  command: ({ path }) => ['openssl', 'dgst', '-sha256', path],
}

/** Of all that Python takes, only this call. */
export const python: Reader = {
  name: 'python json.load',
  role: 'peer',
  needs: ['python3'],
  command: ({ path, records }) => [
    pythonItself(),
    '-c',
    `import json, os, sys, time
with open(sys.argv[1], encoding="utf-8") as file:
    start = time.perf_counter(), time.process_time()
    records = json.load(file)
    took = {"seconds": time.perf_counter() - start[0], "cpuSeconds": time.process_time() - start[1]}
with open("clock.json", "w") as clock: json.dump(took, clock)
os._exit(0 if len(records) == int(sys.argv[2]) else 1)`,
    path,
    String(records),
  ],
}

const jq = (name: string, ...words: readonly string[]): Reader => ({
  name,
  role: 'peer',
  needs: ['jq'],
  command: ({ path }) => ['jq', ...words, path],
})

export const jqLength = jq('jq length', 'length')
export const jqImages = jq("jq -r '.[].image'", '-r', '.[].image')

export const streamJson = itself('stream-json', new URL('stream-json.ts', import.meta.url), 'peer')
export const jsonParse: Reader = {
  ...itself('JSON.parse', new URL('json-parse.ts', import.meta.url), 'peer'),
  mostBytes: constants.MAX_STRING_LENGTH,
}
