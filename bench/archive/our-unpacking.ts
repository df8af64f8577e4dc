/**
 * A process of its own: unpacks a zip from a path by the kind alone, with CRC-32 and SHA-256 of every file, and tells
 * its seconds. No spec, no run around it: nothing is synced, placed or remembered.
 */

import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { unpackParams } from '../../tasks/unzip/params.ts'
import { unzip } from '../../tasks/unzip.ts'
import { fileInput, testBench } from '../../test/rig/workbench.ts'
import { clocked } from '../clock.ts'

const [path = ''] = process.argv.slice(2)
// The workbench makes its folders among temporary ones: they are to lie in the folder of the round.
process.env['TMPDIR'] = process.cwd()
const nowhere = { file: '', line: 1, column: 1, length: 0 }
const params = unpackParams({
  target: 'fetched',
  written: undefined,
  from: 'download',
  fileName: basename(path),
  size: undefined,
  sha256: undefined,
  expectedFiles: undefined,
  part: undefined,
  placeOf: () => nowhere,
})
const bench = testBench({ inputs: [fileInput(path, statSync(path).size, '')] })

// Loaded on demand in a build: here before the clock starts, as everything that belongs to the start of a program.
await import('../../tasks/unzip/run.ts')
await clocked(() => unzip.run(params, bench))
