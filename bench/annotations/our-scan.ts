/** A process of its own: checks an annotation and counts its records, and tells its seconds. */

import { checkJson } from '../../lib/io/json-stream.ts'
import { clocked } from '../clock.ts'
import { expectSame } from './expected.ts'
import type { Content } from './mix.ts'

const [path = '', told = ''] = process.argv.slice(2)
const content = JSON.parse(told) as Content

await clocked(async () => {
  const { records } = await checkJson(path)
  expectSame({ records }, { records: content.records })
})
