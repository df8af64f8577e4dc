/** Builds with expectations of images, and with images that become JPEG, by the real command line. */

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { imageTypeOf } from '../../lib/model/image.ts'
import { type Ground, ground, sha256Of, zip } from '../rig/playground.ts'
import { picture } from './rig.ts'

const [jpeg, png, gif] = await Promise.all([picture('jpeg'), picture('png'), picture('gif')])

describe('expect: { images: true }', () => {
  const spec = `targets:
  vg:
    sources:
      - url: vg.zip
      - { url: notes.json, json: }
    expect: { files: 4, images: true }
`
  const list = '.groundwork/shelf/expect~2vg/not-images.ndjson'

  test('is asked once, and again when the tree changed', async () => {
    const here = ground()
    here.write('notes.json', '[]')
    here.write('vg.zip', zip({ 'a.jpg': jpeg, 'b.jpg': png, 'c.gif': gif.subarray(0, -1) }))
    here.spec(spec)
    const first = await here.run('build')
    expect(first).toMatchObject({ exitCode: 1, codes: ['not-images'] })
    expect(first.diagnostics[0]?.evidence?.at(-1)?.text).toBe(list)
    expect(JSON.parse(here.read(`data/${list}`))).toMatchObject({ path: 'c.gif', form: 'truncated' })
    expect(Object.keys(here.tree())).toHaveLength(4)
    const verified = await here.run('verify')
    expect(verified).toMatchObject({ exitCode: 1, codes: ['not-images'] })

    here.write('vg.zip', zip({ 'a.jpg': jpeg, 'b.jpg': png, 'c.gif': gif }))
    const second = await here.run('build')
    expect(second).toMatchObject({ exitCode: 0, codes: [] })
    expect(existsSync(join(here.root, list))).toBe(false)
    expect((await here.run('build')).summary).toMatchObject({ ran: 0, exitCode: 0 })
    expect(await here.run('verify')).toMatchObject({ exitCode: 0, codes: [] })

    // Edited: what is wrong is told of the tree, and not once more of its images.
    writeFileSync(join(here.root, 'vg/a.jpg'), 'painted over')
    expect(await here.run('verify')).toMatchObject({ exitCode: 1, codes: ['output-damaged'] })
    const repaired = await here.run('build')
    expect(repaired.started.filter(task => task.startsWith('expect'))).toEqual([])
  })

  test('is stale when it is asked for anew', async () => {
    const here = ground()
    here.write('notes.json', '[]')
    here.write('vg.zip', zip({ 'a.jpg': jpeg, 'b.jpg': png, 'c.gif': gif }))
    here.spec(spec.replace(', images: true', ''))
    await here.run('build')
    here.spec(spec)
    const ran = await here.run('build')
    expect(ran).toMatchObject({ exitCode: 0, started: ['expect:vg'] })
    expect((await here.text('why', 'vg')).stdout).toContain('expect vg\n    fresh')
  })
})

describe('transcode: jpg', () => {
  const pack = zip({
    'ocr/a.jpg': jpeg,
    'ocr/b.jpeg': jpeg,
    'ocr/c.png': png,
    'ocr/d.gif': gif,
    'ocr/e.jpg': png,
    'ocr/LICENSE': 'text',
  })
  const spec = (rest: string): string => `targets:
  ocr:
    sources:
      - { url: ocr.zip, unzip: { root: ocr } }
      - { url: f.png, file: f.png }
${rest}`
  const transcode = '    transcode: jpg\n'
  const rule = "    rename: [{ match: '*.gif', to: 'gifs/{name}' }]\n"

  function shop(rest: string): Ground {
    const here = ground()
    here.write('ocr.zip', pack)
    here.write('f.png', png)
    here.spec(spec(rest))
    return here
  }

  const names = (here: Ground): readonly string[] => Object.keys(here.tree()).map(path => path.slice(4))
  const formats = (here: Ground) =>
    Object.fromEntries(
      names(here).map(name => [name, imageTypeOf(readFileSync(join(here.root, 'ocr', name)))]),
    )
  const all = {
    LICENSE: undefined,
    'a.jpg': 'jpeg',
    'b.jpg': 'jpeg',
    'c.jpg': 'jpeg',
    'd.jpg': 'jpeg',
    'e.jpg': 'jpeg',
    'f.png': 'png',
  }

  test('images of an archive become JPEG before they are placed; a second build has nothing to do', async () => {
    const here = shop(`${transcode}    expect: { files: 7, images: false }\n`)
    const first = await here.run('build')
    expect(first).toMatchObject({ exitCode: 0, codes: [] })
    expect(formats(here)).toEqual(all)
    const tree = here.tree()
    expect(tree['ocr/b.jpg']).toBe(sha256Of(jpeg))
    expect((await here.run('build')).summary).toMatchObject({ ran: 0 })
    expect(await here.run('verify')).toMatchObject({ exitCode: 0, codes: [] })

    // A repair: its entry is taken again, what is intact stays where it is, and the rest is what it was.
    const inode = statSync(join(here.root, 'ocr/c.jpg')).ino
    rmSync(join(here.root, 'ocr/d.jpg'))
    const repair = await here.run('build')
    expect(repair.summary).toMatchObject({ exitCode: 0, ran: 1, repaired: 1, filesWritten: 1 })
    expect(here.tree()).toEqual(tree)
    expect(statSync(join(here.root, 'ocr/c.jpg')).ino).toBe(inode)

    // Another build from nothing gives the same bytes.
    rmSync(here.root, { recursive: true })
    await here.run('build')
    expect(here.tree()).toEqual(tree)
  })

  test('asked for and taken back, on a tree that lies there: nothing of ours is moved aside', async () => {
    const here = shop('')
    await here.run('build')
    const plain = here.tree()
    rmSync(join(here.folder, 'ocr.zip'))
    here.spec(spec(transcode))
    const ran = await here.run('build')
    expect(ran).toMatchObject({ exitCode: 0, codes: [], started: ['rename:ocr'] })
    expect(formats(here)).toEqual(all)
    expect(existsSync(join(here.root, '.groundwork/aside'))).toBe(false)
    const made = here.tree()

    here.spec(spec(`${transcode}${rule}`))
    const renamed = await here.run('build')
    expect(renamed).toMatchObject({ exitCode: 0, codes: [], started: ['rename:ocr'] })
    const { 'ocr/d.jpg': jpegOfGif, ...unmoved } = made
    const moved = { ...unmoved, 'ocr/gifs/d.jpg': jpegOfGif }
    expect(here.tree()).toEqual(moved)

    // Without what it remembers of digests it takes the archive again, to the same end.
    here.write('ocr.zip', pack)
    rmSync(join(here.root, '.groundwork/shelf'), { recursive: true })
    here.spec(spec(transcode))
    const forgetful = await here.run('build')
    expect(forgetful).toMatchObject({ exitCode: 0, codes: [] })
    expect(forgetful.started.map(task => task.split(':')[0])).toEqual(['download', 'rename', 'unzip'])
    expect(here.tree()).toEqual(made)
    expect((await here.run('build')).summary).toMatchObject({ ran: 0 })

    // A rename of its own goes on without: originals are fetched again.
    here.spec(spec(`${transcode}${rule}`))
    await here.run('build')
    here.spec(spec(rule))
    const back = await here.run('build')
    expect(back).toMatchObject({ exitCode: 0, codes: [] })
    const { 'ocr/d.gif': original, ...others } = plain
    expect(here.tree()).toEqual({ ...others, 'ocr/gifs/d.gif': original })

    // And so does the archive alone. What only the rename gave is left, as nothing of the spec asks for its removal.
    here.spec(spec(transcode))
    await here.run('build')
    here.spec(spec(''))
    const alone = await here.run('build')
    expect(alone).toMatchObject({ exitCode: 0, codes: [] })
    expect(here.tree()).toMatchObject(plain)
    expect(existsSync(join(here.root, '.groundwork/aside'))).toBe(false)
  })

  test('one that cannot be read: nothing is placed, and what was unpacked stays for the next attempt', async () => {
    const here = ground()
    here.write('ocr.zip', zip({ 'ocr/a.png': png, 'ocr/b.png': png.subarray(0, -200) }))
    here.write('f.png', png)
    here.spec(spec(transcode))
    const failed = await here.run('build', '--keep-going')
    expect(failed).toMatchObject({ exitCode: 1, codes: ['unreadable-image'] })
    expect(failed.diagnostics[0]).toMatchObject({ subject: 'ocr: transcode', file: 'datasets.yaml', line: 8 })
    expect(names(here)).toEqual(['f.png'])
    const list = '.groundwork/shelf/rename~2ocr/not-transcoded.ndjson'
    expect(here.read(`data/${list}`)).toBe(
      '{"path":"b.png","why":"a PNG that ends inside of its chunk IDAT"}\n',
    )
    const again = await here.run('build')
    expect(again).toMatchObject({ exitCode: 1, started: ['rename:ocr'] })
    here.write('ocr.zip', zip({ 'ocr/a.png': png, 'ocr/b.png': png }))
    expect(await here.run('build')).toMatchObject({ exitCode: 0, codes: [] })
    expect(names(here)).toEqual(['a.jpg', 'b.jpg', 'f.png'])
    expect(existsSync(join(here.root, list))).toBe(false)
  })

  test('what changes hands of names: two images of one name are refused', async () => {
    const here = shop(transcode)
    here.write('ocr.zip', zip({ 'ocr/a.png': png, 'ocr/a.gif': gif }))
    const refused = await here.run('build')
    expect(refused).toMatchObject({ exitCode: 1, codes: ['rename-collision'] })
    here.spec(spec(`${transcode}    rename: [{ match: '**', to: '{dir}/{stem}-{ext}.{ext}' }]\n`))
    expect(await here.run('build')).toMatchObject({ exitCode: 0 })
    expect(names(here)).toEqual(['a-gif.jpg', 'a-png.jpg', 'f.png'])
  })
})
