/** Addresses that give no file, by the real command line: how many may be missing, and what fills the gaps. */

import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { zip } from '../rig/playground.ts'
import { keysTo, onePixel, paths, picture, shop, spec, treeOf } from './rig.ts'

describe('addresses that give no file', () => {
  /** Of 24: 404, 410, 403, a page, a placeholder, something else, nothing, one without address, one that is none. */
  async function shopWithGaps() {
    const here = await shop()
    const { ground, mirror, sell, list } = here
    const good = keysTo(15)
    for (const key of good) sell(key)
    for (const [key, status] of [
      ['gone', 410],
      ['closed', 403],
    ] as const) {
      sell(key)
      mirror.serve(`/P/${key}.jpg`, picture(key), { does: 'status', status })
    }
    sell('page')
    mirror.serve('/P/page.jpg', picture('page'), { does: 'html', title: 'Not sold any more' })
    sell('pixel', onePixel)
    sell('text', Buffer.alloc(300, 'no picture '))
    sell('empty', Buffer.alloc(0))
    const bad = ['unknown', 'gone', 'closed', 'page', 'pixel', 'text', 'empty']
    list([...good, ...bad], { none: { title: 'no address' }, ftp: { imageURL: 'ftp://example.org/x.jpg' } })
    ground.spec(spec('        allow_missing: 9\n'))
    return { ...here, good, bad }
  }

  test('are counted by why; within the allowance the build succeeds, and is fresh afterwards', async () => {
    const { ground, asked, good, bad, ledger } = await shopWithGaps()
    const first = await ground.run('build', 'ocr/images')
    expect(first.summary).toMatchObject({ exitCode: 0, filesWritten: 15, requests: 22 })
    expect(first.codes).toEqual(['addresses-failed'])
    expect(asked()).toEqual(paths([...good, ...bad]).toSorted())
    expect(ground.tree()).toEqual(treeOf(good))
    const found = first.diagnostics[0]?.evidence
      ?.filter(({ text }) => /^\d+: /.test(text))
      .map(({ text }) => text)
    expect(found?.toSorted()).toEqual([
      '1: a placeholder',
      '1: a web page',
      '1: an empty file',
      '1: no address in the record',
      '1: not a web address',
      '1: not an image',
      '1: status 403',
      '1: status 404',
      '1: status 410',
    ])
    expect(ledger().filter(line => 'failed' in line)).toHaveLength(7)
    expect((await ground.run('build', 'ocr/images')).summary).toMatchObject({ ran: 0, requests: 0 })
  })

  test('beyond the allowance the build fails, what came stays, and nothing is asked twice but with --force', async () => {
    const { ground, asked, good, bad } = await shopWithGaps()
    ground.spec(spec('        allow_missing: 1%\n'))
    const first = await ground.run('build', 'ocr/images')
    expect(first.summary).toMatchObject({ exitCode: 1, failed: 1 })
    expect(first.codes).toEqual(['too-many-missing'])
    expect(ground.tree()).toEqual({})
    asked()
    const second = await ground.run('build', 'ocr/images')
    expect(second.summary).toMatchObject({ exitCode: 1, requests: 0 })
    expect(second.diagnostics[0]?.message).toBe(first.diagnostics[0]?.message)
    const forced = await ground.run('build', 'ocr/images', '--force')
    expect(forced.summary).toMatchObject({ exitCode: 1, requests: bad.length })
    expect(asked()).toEqual(paths(bad).toSorted())
    ground.spec(spec('        allow_missing: 50%\n'))
    const raised = await ground.run('build', 'ocr/images')
    expect(raised.summary).toMatchObject({ exitCode: 0, requests: 0, filesWritten: good.length })
    expect(ground.tree()).toEqual(treeOf(good))
    // Placed by renaming: the shelf keeps no second copy.
    expect(readdirSync(join(ground.root, '.groundwork/shelf/urls~2ocr~1images'))).toEqual(['ledger.ndjson'])
  })
})

describe('an archive for the gaps', () => {
  const filling = '        fill: { url: gaps.zip, unzip: { root: images } }\n'

  test('is opened only where there are some, and only they are taken from it', async () => {
    const { ground, sell, list, mirror, asked, ledger } = await shop()
    const keys = keysTo(10)
    for (const key of keys) sell(key)
    list([...keys, 'lost', 'drawn', 'nowhere'])
    const archive = zip({
      'images/lost.jpg': picture('lost'),
      'images/drawn.gif': picture('drawn'),
      'images/B0001.jpg': picture('another B0001'),
    })
    mirror.serve('/gaps.zip', archive)
    ground.spec(spec(`        allow_missing: 1\n${filling.replace('gaps.zip', `${mirror.url}/gaps.zip`)}`))
    const dry = await ground.text('build', 'ocr/images', '--dry-run')
    expect(dry.stdout).toMatch(/download gaps\.zip: after urls ocr\/images/)
    const first = await ground.run('build', 'ocr/images')
    expect(first.stderr).toBe('')
    expect(first.summary).toMatchObject({ exitCode: 0, requests: 14, filesWritten: 12, ran: 3 })
    expect(asked()).toEqual([...paths([...keys, 'drawn', 'lost', 'nowhere']), '/gaps.zip'].toSorted())
    expect(ground.tree()).toEqual(treeOf([...keys, 'drawn', 'lost'].toSorted()))
    const told = ledger().flatMap(({ filled, lacks }) =>
      [filled, lacks].filter(name => typeof name === 'string'),
    )
    expect(new Set(told)).toEqual(new Set(['drawn.jpg', 'lost.jpg', 'nowhere.jpg']))
    expect(existsSync(join(ground.root, '.groundwork/archives'))).toBe(false)
    expect((await ground.run('build', 'ocr/images')).summary).toMatchObject({ ran: 0, requests: 0 })
    // A repair of something else asks neither for what is known to be missing nor for the archive.
    rmSync(join(ground.root, 'ocr/images/B0004.jpg'))
    asked()
    const repair = await ground.run('build', 'ocr/images')
    expect(repair.summary).toMatchObject({ exitCode: 0, repaired: 1, requests: 1 })
    expect(asked()).toEqual(['/P/B0004.jpg'])
  })

  test('is not asked for where every address gives its file', async () => {
    const { ground, sell, list, asked, mirror } = await shop()
    const keys = keysTo(5)
    for (const key of keys) sell(key)
    list(keys)
    mirror.serve('/gaps.zip', zip({ 'images/x.jpg': picture('x') }))
    ground.spec(spec(filling.replace('gaps.zip', `${mirror.url}/gaps.zip`)))
    const { summary } = await ground.run('build', 'ocr/images')
    expect(summary).toMatchObject({ exitCode: 0, requests: 5, ran: 2 })
    expect(asked()).toEqual(paths(keys))
    expect((await ground.run('build', 'ocr/images')).summary).toMatchObject({ ran: 0, requests: 0, fresh: 3 })
  })

  test('with --force: failures are asked once, filled files stay', async () => {
    const { ground, sell, list, asked } = await shop()
    for (const key of keysTo(3)) sell(key)
    list([...keysTo(3), 'lost'])
    ground.write('gaps.zip', zip({ 'images/lost.jpg': picture('lost') }))
    ground.spec(spec(filling))
    expect((await ground.run('build', 'ocr/images')).summary).toMatchObject({ exitCode: 0, filesWritten: 4 })
    asked()
    const { summary } = await ground.run('build', 'ocr/images', '--force')
    expect(summary).toMatchObject({ exitCode: 0 })
    expect(asked()).toEqual(['/P/lost.jpg'])
    expect(ground.tree()).toEqual(treeOf([...keysTo(3), 'lost']))
  })

  test('that cannot be had is what the build fails of, and what came stays', async () => {
    const { ground, sell, list, asked } = await shop()
    for (const key of keysTo(3)) sell(key)
    list([...keysTo(3), 'lost'])
    ground.spec(spec(filling))
    const first = await ground.run('build', 'ocr/images')
    expect(first.summary).toMatchObject({ exitCode: 1, failed: 1, skipped: 1 })
    expect(first.codes).toEqual(['file-not-found'])
    asked()
    ground.write('gaps.zip', zip({ 'images/lost.jpg': picture('lost') }))
    const second = await ground.run('build', 'ocr/images')
    expect(second.summary).toMatchObject({ exitCode: 0, requests: 0 })
    expect(ground.tree()).toEqual(treeOf([...keysTo(3), 'lost']))
  })

  test('may be a named download that other targets unpack', async () => {
    const { ground, sell, list, mirror, asked } = await shop()
    for (const key of keysTo(3)) sell(key)
    list([...keysTo(3), 'lost'])
    mirror.serve('/all.zip', zip({ 'images/lost.jpg': picture('lost'), 'notes/a.txt': 'a note' }))
    ground.spec(
      `downloads:\n  all: { url: '${mirror.url}/all.zip' }\n${spec('        fill: { download: all, unzip: { root: images } }\n')}  notes:\n    sources:\n      - { download: all, unzip: { root: notes } }\n`,
    )
    const { summary } = await ground.run('build', 'ocr/images', 'notes')
    expect(summary).toMatchObject({ exitCode: 0, requests: 5 })
    expect(asked().filter(path => path === '/all.zip')).toHaveLength(1)
    expect(Object.keys(ground.tree())).toEqual(
      [...Object.keys(treeOf([...keysTo(3), 'lost'])), 'notes/a.txt'].toSorted(),
    )
    expect((await ground.run('build', 'ocr/images', 'notes')).summary).toMatchObject({ ran: 0, requests: 0 })
  })

  test('can only be a zip', async () => {
    const { ground } = await shop()
    ground.write('dataset.json', '{}')
    ground.spec(spec('        fill: { url: gaps.tar }\n'))
    const { codes, exitCode } = await ground.run('build', 'ocr/images')
    expect([exitCode, codes]).toEqual([2, ['bad-value']])
    ground.spec(spec('        fill: { url: gaps.zip, json: {} }\n'))
    expect((await ground.run('build', 'ocr/images')).codes).toEqual(['unknown-key'])
  })
})
