/** A process of its own: counts the records that stream-json makes of an annotation, and tells its seconds. */

import { createReadStream } from 'node:fs'
import { streamArray } from 'stream-json/streamers/stream-array.js'
import { clocked } from '../clock.ts'
import { expectSame } from './expected.ts'
import type { Content } from './mix.ts'

const [path = '', told = ''] = process.argv.slice(2)
const content = JSON.parse(told) as Content

await clocked(async () => {
  let records = 0
  const parsed = createReadStream(path, { highWaterMark: 1 << 20 }).pipe(streamArray.withParserAsStream())
  for await (const _ of parsed) records += 1
  expectSame({ records }, { records: content.records })
})
