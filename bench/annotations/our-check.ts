/**
 * A process of its own: loads the manifests of a playground, and holds every image path of an annotation against them, as the
 * check of a `json` placement does. Tells its seconds, those of the manifests among them.
 */

import { basename } from 'node:path'
import { PathTable } from '../../lib/model/path-table.ts'
import { namedImages } from '../../tasks/images/named.ts'
import { clocked } from '../clock.ts'
import { expectSame } from './expected.ts'
import type { Content } from './mix.ts'
import { readManifests } from './shelves.ts'

const [path = '', told = '', manifests = ''] = process.argv.slice(2)
const { records, textOnly, lost } = JSON.parse(told) as Content

await clocked(async () => {
  const named = await namedImages({
    root: process.cwd(),
    file: path,
    name: basename(path),
    images: '',
    table: new PathTable(readManifests(manifests)),
    looksInside: false,
    signal: new AbortController().signal,
  })
  const found = { records: named.records, textOnly: named.textOnly, lost: named.lost.length }
  expectSame(found, { records, textOnly, lost })
})
