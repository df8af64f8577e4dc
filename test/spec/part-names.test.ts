/** What the names of parts say: the whole, the order, and what is missing. */

import { expect, test } from 'vitest'
import { seriesOf } from '../../lib/model/part-names.ts'

test.each([
  ['a.zip a.z02 a.z01', 'a.zip', 'a.z01 a.z02 a.zip'],
  ['a.Z01 a.ZIP', 'a.ZIP', 'a.Z01 a.ZIP'],
  ['a.z03 a.zip', 'a.zip', 'a.z01 a.z02 a.z03 a.zip'],
  ['a.z01 a.z02', 'a.zip', 'a.z01 a.z02 a.zip'],
  ['a.z01', 'a.zip', 'a.z01 a.zip'],
  ['a.zip.001', 'a.zip', 'a.zip.001'],
  ['a.zip.002 a.zip.001', 'a.zip', 'a.zip.001 a.zip.002'],
  ['a.zip.000 a.zip.002', 'a.zip', 'a.zip.000 a.zip.001 a.zip.002'],
  ['a.zip.9 a.zip.10 a.zip.8', 'a.zip', 'a.zip.8 a.zip.9 a.zip.10'],
  ['a.tar.gz.01 a.tar.gz.02', 'a.tar.gz', 'a.tar.gz.01 a.tar.gz.02'],
  ['a.tar.gz.part-ab a.tar.gz.part-aa', 'a.tar.gz', 'a.tar.gz.part-aa a.tar.gz.part-ab'],
  ['a.tgz.ab a.tgz.aa', 'a.tgz', 'a.tgz.aa a.tgz.ab'],
  ['a.tar.part-aa a.tar.part-ab', 'a.tar', 'a.tar.part-aa a.tar.part-ab'],
  ['pack.part2 pack.part1', 'pack', 'pack.part1 pack.part2'],
])('%s', (names, whole, inOrder) => {
  expect(seriesOf(names.split(' '))).toEqual({ whole, inOrder: inOrder.split(' ') })
})

test.each([
  '',
  'a.zip',
  'a.zip b.zip',
  'a.z01 b.zip',
  'a.zip.001 b.zip.002',
  'a.zip.001 a.zip',
  'a.json b.json',
  'a.tar.gz a.tar.xz',
  'data.2014 data.2012',
  'data.tar.2014 data.tar.2012',
  'a.partial a.parting',
  'a.tbz2',
  'a.zip2 a.zip1',
])('%j are not parts', names => {
  expect(seriesOf(names.split(' '))).toBeUndefined()
})
