/** Where the package that calls the system is missing, as it may be: everything else is as it was, only slower. */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { sha256OfFile } from '../../lib/io/digest.ts'

const folder = mkdtempSync(join(tmpdir(), 'groundwork-without-'))
const lib = (name: string): string => new URL(`../../lib/io/${name}`, import.meta.url).href

/** Loaded before everything else, by threads too. */
const missing = `
  const Module = require('node:module')
  const resolve = Module._resolveFilename
  Module._resolveFilename = function (name, ...rest) {
    if (name === 'koffi') throw Object.assign(new Error('left out'), { code: 'MODULE_NOT_FOUND' })
    return resolve.call(this, name, ...rest)
  }`

const program = `
  import { HashBehind } from '${lib('hashing.ts')}'
  import { Growing } from '${lib('growing.ts')}'
  import { punchHole, syncFilesystem } from '${lib('native.ts')}'
  import { syncFiles } from '${lib('sync.ts')}'
  import { usual } from '${new URL('../../tasks/download/tuning.ts', import.meta.url).href}'
  import { dirname } from 'node:path'
  const path = process.argv[1]
  const { signal } = new AbortController()
  const behind = () => {
    const file = new Growing(path)
    return { file, hash: new HashBehind(file, { ...usual, md5: false }) }
  }
  const first = behind()
  first.file.reach(10 << 20)
  let saved
  do saved = await first.hash.save()
  while (saved?.position !== 9 << 20)
  const second = behind()
  const isTakenUp = await second.hash.takeUp(saved)
  second.file.reach(10 << 20)
  await syncFiles(dirname(path), Array(65).fill('file'))
  console.log(JSON.stringify({
    maker: saved.state.split(' ')[1],
    isTakenUp,
    ...(await second.hash.digests(signal)),
    wasPunched: punchHole(1, 0, 4096),
    isSynced: await syncFilesystem(1),
  }))
  process.exit()`

test('a hash can still be saved and taken up, and the rest says that it cannot be done', async () => {
  const path = join(folder, 'file')
  writeFileSync(path, Buffer.alloc(10 << 20, 'some bytes'))
  writeFileSync(join(folder, 'missing.cjs'), missing)
  const preload = ['--require', join(folder, 'missing.cjs')].join(' ')
  const { stdout } = await execa(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', program, path],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)), env: { NODE_OPTIONS: preload } },
  )
  expect(JSON.parse(stdout)).toEqual({
    maker: 'wasm',
    isTakenUp: true,
    sha256: (await sha256OfFile(path)).sha256,
    wasPunched: false,
    isSynced: false,
  })
})
