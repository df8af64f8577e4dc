/** A process of its own: the whole file as a string, through JSON.parse, and tells its seconds. */

import { readFileSync } from 'node:fs'
import { clocked } from '../clock.ts'
import { expectSame } from './expected.ts'
import type { Content } from './mix.ts'

const [path = '', told = ''] = process.argv.slice(2)
const content = JSON.parse(told) as Content

await clocked(async () => {
  const { length } = JSON.parse(readFileSync(path, 'utf8')) as unknown[]
  expectSame({ records: length }, { records: content.records })
})
