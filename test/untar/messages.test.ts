/** What a user reads, whole, for each code that this room raises. `UPDATE_GOLDENS=1` rewrites. */

import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Problem, withContext } from '../../lib/model/problem.ts'
import { expectGolden } from '../rig/golden.ts'
import { files } from '../rig/parts.ts'
import { pax, type TarPart, tarOf } from '../rig/tars.ts'
import { type Asked, compress, unpack } from './rig.ts'

afterEach(() => vi.unstubAllEnvs())

/** As the run tells it: of a task, with what is on disk. */
const told = (problem: Problem): Problem =>
  withContext(problem, { subject: 'coco/train2017: untar', disk: 'Nothing was placed.' })

const many = (count: number, name: (i: number) => string): readonly TarPart[] =>
  files(...Array.from({ length: count }, (_, i) => name(i)))

const whole = tarOf(files('a.jpg', 'b.jpg'))
const link: TarPart = { name: 'latest', type: '2', goal: '/etc/passwd' }
const gz = { fileName: 'images.tar.gz' }
const tiny = { filesystemAt: () => ({ device: 1, bytes: 20_000_000, files: undefined, blockBytes: 4096 }) }
const nameless = { filesystemAt: () => ({ ...tiny.filesystemAt(), files: 0 }) }
/** Of the xz format, and nothing that follows from it. */
const xz = Buffer.from('fd377a585a000000ff12d941', 'hex')

function damagedAt(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(at) ^ 0x10, at)
  return copy
}

/** A tar of a few blocks of bzip2, so that wrong bytes come out of it before it knows. */
async function compressed(program: 'gzip' | 'bzip2'): Promise<Buffer> {
  const noise = Array.from({ length: 400 }, (_, i) => ({ name: `${i}.txt`, content: `${i} `.repeat(900) }))
  return compress(tarOf(noise), program)
}

/** One bit, in its middle. */
const flipped = (bytes: Buffer): Buffer => damagedAt(bytes, bytes.length >> 1)

const refused: Readonly<Record<string, readonly [Buffer, Asked?]>> = {
  'not-a-tar': [Buffer.from('just text')],
  'not-a-tar.empty': [Buffer.alloc(0)],
  'not-a-tar.html': [Buffer.from('<!doctype html><title>Sign in</title>')],
  'not-a-tar.zip': [Buffer.from('PK\x03\x04 and so on')],
  'not-a-tar.lz4': [Buffer.from('\x04"M\x18 and so on', 'latin1')],
  'not-a-tar.compressed': [gzipSync('{"boxes": []}'), gz],
  'not-a-tar.twice': [gzipSync(gzipSync(whole)), gz],
  'corrupt-tar': [whole.subarray(0, 700)],
  'corrupt-tar.content': [tarOf([{ name: 'a', content: 'abc', bytes: 5_000_000 }], { endBlocks: 0 })],
  'corrupt-tar.header': [tarOf([...files('a'), { name: 'b', checksum: 1 }])],
  'corrupt-tar.first': [damagedAt(whole, 5)],
  'corrupt-tar.compressed': [gzipSync(damagedAt(whole, 5)), gz],
  'corrupt-archive.flip': [flipped(await compressed('gzip')), gz],
  'corrupt-archive.bzip2': [flipped(await compressed('bzip2')), { fileName: 'images.tar.bz2' }],
  'corrupt-tar.size': [tarOf([{ name: 'a', bytes: 'x' }])],
  'corrupt-tar.announced': [tarOf([pax({ path: 'a' })])],
  'corrupt-tar.extension': [tarOf([{ type: 'x', content: '99 path=a\n' }, ...files('a')])],
  'corrupt-tar.bomb': [tarOf([{ type: 'x', bytes: 4_000_000_000 }])],
  'bytes-after-tar': [tarOf(files('a', 'b'), { after: 'Signed by somebody.' })],
  'bytes-after-tar.another': [Buffer.concat([whole, whole])],
  'bytes-after-archive': [Buffer.concat([gzipSync(whole), Buffer.from('\0\0Signed by somebody.')]), gz],
  'bytes-after-archive.begins': [Buffer.concat([gzipSync(whole), Buffer.from('Signed by somebody.')]), gz],
  'corrupt-archive.gzip': [gzipSync(whole).subarray(0, 60), gz],
  'no-room': [tarOf([...files('a'), { name: 'b', bytes: 30_000_000 }]), tiny],
  'no-room.inodes': [tarOf(files('a')), nameless],
  'entry-outside': [tarOf(files('../../etc/cron.d/job', './../job'))],
  'entry-absolute': [tarOf(files('/etc/passwd', '//etc/shadow'))],
  'entry-outside.many': [tarOf(many(1234, i => `../${i}.jpg`))],
  'entry-bad-name': [tarOf([...files('a', 'b/'), { content: 'x' }])],
  'entry-not-utf8': [tarOf([{ name: Buffer.from('caf\xe9.jpg', 'latin1') }])],
  'entry-link': [tarOf([link, { name: 'passwd', type: '1', goal: '../../etc/passwd' }])],
  'entry-special': [tarOf([{ name: 'pipe', type: '6' }])],
  'entry-duplicate': [tarOf(files('1.jpg', './1.jpg'))],
  'entry-clash': [tarOf(files('README', 'readme')), { bench: { foldsCase: true } }],
  'entry-file-and-folder': [tarOf(files('images', 'images/1.jpg'))],
  'entry-unknown-method': [
    tarOf([
      { name: 'disk.img', type: 'S', content: 'x' },
      { name: 'rest', type: 'M', content: 'x' },
      { name: 'b', type: 'Z', content: 'x' },
    ]),
  ],
  'wrong-root': [
    tarOf([...many(12, i => `train2017/${i}.jpg`), ...files('readme.txt')]),
    { written: { root: 'train2018' } },
  ],
  'wrong-root.single': [gzipSync('[]'), { fileName: 'boxes.json.gz', written: { root: 'images' } }],
  'wrong-root.auto': [
    tarOf(files('v/chartqa/1', 'v/docvqa/2', 'v/docvqa/3')),
    { written: { root: 'auto' }, target: 'ai2d/images' },
  ],
  'ambiguous-root': [
    tarOf(files('x/images/1', 'y/images/2')),
    { written: { root: 'auto' }, target: 'ai2d/images' },
  ],
  several: [tarOf([...files('../up', '1.jpg', '1.jpg'), link]), { written: { root: 'images' } }],
}

const ofPrograms = ['program-missing', 'corrupt-archive.xz', 'program-failed']

const warned: Readonly<Record<string, readonly [Buffer, Asked?]>> = {
  'entry-clash.warning': [tarOf(files('README', 'readme', 'é', 'e\u0301'))],
  'corrupt-tar.no-end': [tarOf(files('a', 'b'), { endBlocks: 0 })],
  'corrupt-tar.stray': [tarOf(files('a', 'b'), { after: 'left'.padEnd(10_240 - 3072, '.') })],
}

describe('messages', () => {
  test.each(Object.entries(refused))('%s', async (name, [bytes, asked]) => {
    const { problem } = await unpack(bytes, asked)
    if (name !== 'several') expect(problem?.code).toBe(name.split('.')[0])
    expectGolden(`untar/${name}`, problem ? told(problem) : [])
  })

  test.each(Object.entries(warned))('%s', async (name, [bytes, asked]) => {
    const { problem, bench } = await unpack(bytes, asked)
    expect(problem).toBeUndefined()
    expectGolden(`untar/${name}`, bench.told)
  })

  test('program-missing', async () => {
    vi.stubEnv('PATH', '/nowhere')
    const { problem } = await unpack(Buffer.from('BZh91AY&SY and so on'), { fileName: 'images.tar.bz2' })
    expectGolden('untar/program-missing', problem ? told(problem) : [])
  })

  test('corrupt-archive.xz', async () => {
    const complaint = 'echo "$0: (stdin): Compressed data is corrupt" >&2'
    vi.stubEnv('PATH', `${folderWith('xz', `cat; ${complaint}; exit 1`)}:${process.env['PATH']}`)
    const { problem } = await unpack(xz, { fileName: 'images.tar.xz' })
    expectGolden('untar/corrupt-archive.xz', problem ? told(problem) : [])
  })

  test('program-failed', async () => {
    vi.stubEnv('PATH', `${folderWith('xz', 'kill -9 $$')}:${process.env['PATH']}`)
    const { problem } = await unpack(xz, { fileName: 'images.tar.xz' })
    expectGolden('untar/program-failed', problem ? told(problem) : [])
  })

  test('no golden without a test', () => {
    const names = [...Object.keys(refused), ...Object.keys(warned), ...ofPrograms]
    const goldens = readdirSync(new URL('../goldens/untar/', import.meta.url))
    expect(goldens.toSorted()).toEqual(names.map(name => `${name}.txt`).toSorted())
  })
})

/** A folder with a program of that name in it. */
function folderWith(name: string, script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-path-'))
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
  return folder
}
