/** One attempt after another on one bench: what is asked again, and when. */

import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { mirror } from '../rig/playground.ts'
import { freeHost } from '../rig/workbench.ts'
import { keysTo, picture, ran } from './rig.ts'

const day = 24 * 3600 * 1000

async function pictures(count: number) {
  const host = await mirror()
  const keys = keysTo(count)
  for (const key of keys) host.serve(`/${key}.jpg`, picture(key))
  const address = (key: string): string => `${host.url}/${key}.jpg`
  return { host, keys, list: Object.fromEntries(keys.map(key => [key, address(key)])), address }
}

test('a permanent failure is asked again after 30 days, and at once under another address', async () => {
  const { host, list, address } = await pictures(3)
  const start = Date.UTC(2026, 0, 1)
  const allowMissing = { form: 'count', files: 1 } as const
  const at = (days: number, lost: string, bench = {}) =>
    ran({
      list: { ...list, lost },
      params: { allowMissing },
      now: () => start + days * day,
      bench: { ...bench, began: start + days * day },
    })
  const first = await at(0, address('lost'))
  expect(first.bench.counts.requests).toBe(4)
  const { shelf, staging } = first.bench
  expect((await at(29, address('lost'), { shelf, staging })).bench.counts.requests).toBe(0)
  expect((await at(31, address('lost'), { shelf, staging })).bench.counts.requests).toBe(1)
  expect((await at(32, address('moved'), { shelf, staging })).bench.counts.requests).toBe(1)
  host.serve('/lost.jpg', picture('lost'))
  const last = await at(70, address('lost'), { shelf, staging })
  expect([last.bench.counts.requests, last.bench.told]).toEqual([1, []])
})

test('what passes is asked again by the next build, and not by another attempt of the same', async () => {
  const { host, list } = await pictures(2)
  host.serve('/B0002.jpg', picture('x'), { does: 'status', status: 500 })
  const began = Date.now()
  const first = await ran({ list, bench: { began } })
  expect(first.problem?.code).toBe('too-many-missing')
  expect(first.bench.counts.requests).toBe(1 + 4)
  expect(first.bench.pauses).toHaveLength(3)
  const { shelf, staging } = first.bench
  expect((await ran({ list, bench: { shelf, staging, began } })).bench.counts.requests).toBe(0)
  host.serve('/B0002.jpg', picture('B0002'))
  const next = await ran({ list, bench: { shelf, staging, began: Date.now() + 1 } })
  expect([next.problem, next.bench.counts.requests]).toEqual([undefined, 1])
  expect([...next.bench.recorded.keys()].toSorted()).toEqual(['B0001', 'B0002'].map(key => `${key}.jpg`))
})

test('after a restart of the machine files are hashed before they are trusted', async () => {
  const { list } = await pictures(4)
  const first = await ran({ list })
  const { shelf, staging } = first.bench
  const ledger = join(shelf, 'ledger.ndjson')
  writeFileSync(ledger, readFileSync(ledger, 'utf8').replaceAll(/"boot":"[^"]*"/g, '"boot":"before"'))
  // As long as it was, with other bytes: the machine lost what it had not written yet.
  writeFileSync(join(staging, 'B0003.jpg'), Buffer.alloc(400))
  const second = await ran({ list, bench: { shelf, staging } })
  expect(second.bench.counts.requests).toBe(1)
  expect(readFileSync(join(staging, 'B0003.jpg'))).toEqual(picture('B0003'))
})

test('files that lie at their final place are kept, whatever became of their record', async () => {
  const { list } = await pictures(3)
  const first = await ran({ list })
  const { shelf, staging } = first.bench
  rmSync(join(staging, 'B0002.jpg'))
  const second = await ran({ list, bench: { shelf, staging: join(shelf, 'nothing'), final: staging } })
  expect(second.bench.kept.toSorted()).toEqual(['B0001.jpg', 'B0003.jpg'])
  expect([...second.bench.recorded.keys()]).toEqual(['B0002.jpg'])
})

test('what the list does not name any more is taken out of staging', async () => {
  const { list } = await pictures(3)
  const first = await ran({ list })
  const { shelf, staging } = first.bench
  const { B0002: _, ...rest } = list
  await ran({ list: rest, bench: { shelf, staging } })
  expect(existsSync(join(staging, 'B0002.jpg'))).toBe(false)
  expect(existsSync(join(staging, 'B0001.jpg'))).toBe(true)
})

test('a host without anybody is left alone after a minute', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  const keys = keysTo(400)
  const list = Object.fromEntries(keys.map(key => [key, `http://127.0.0.1:${port}/${key}.jpg`]))
  // Each pause takes its time, as far as the clock goes.
  let nowMs = Date.now()
  const pause = (milliseconds: number): Promise<void> => {
    nowMs += milliseconds
    return Promise.resolve()
  }
  const { problem, bench } = await ran({ list, now: () => nowMs, bench: { pause } })
  expect(problem?.code).toBe('too-many-missing')
  expect(bench.counts.requests).toBeLessThan(800)
})

test('Retry-After rests the whole host, and 429 asks for fewer connections', async () => {
  const { host, list } = await pictures(3)
  host.script('/B0002.jpg', [{ does: 'status', status: 429, retryAfter: '7' }])
  const rests: number[] = []
  let crowded = 0
  const { problem, bench } = await ran({
    list,
    bench: {
      host: name =>
        freeHost(name, { rest: wait => void rests.push(wait), crowded: () => void (crowded += 1) }),
    },
  })
  expect([problem, rests, crowded, bench.pauses]).toEqual([undefined, [7000], 1, []])
})

test('128 connections are used at once', async () => {
  const waiting: ServerResponse[] = []
  const server = createServer((_, response) => {
    // Nobody is answered before all are there.
    if (waiting.push(response) < 128) return
    for (const one of waiting.splice(0)) one.end(picture('any'))
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => server.close().closeAllConnections())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const list = Object.fromEntries(keysTo(256).map(key => [key, `http://127.0.0.1:${port}/${key}.jpg`]))
  const { problem, bench } = await ran({ list, patience: { stallMs: 20_000 } })
  expect([problem, bench.counts.requests]).toEqual([undefined, 256])
})

test('connections are kept, also by answers that refuse', async () => {
  let connections = 0
  const server = createServer((request, response) => {
    const found = !request.url?.endsWith('1.jpg')
    response.writeHead(found ? 200 : 404).end(found ? picture('any') : 'not sold any more')
  })
  server.on('connection', () => (connections += 1))
  server.listen(0, '127.0.0.1')
  onTestFinished(() => server.close().closeAllConnections())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const list = Object.fromEntries(keysTo(1000).map(key => [key, `http://127.0.0.1:${port}/${key}.jpg`]))
  const { problem } = await ran({ list, params: { allowMissing: { form: 'share', share: 0.1 } } })
  expect(problem).toBeUndefined()
  expect(connections).toBeLessThan(300)
})

test('5,000 entries are fetched without memory for each', { timeout: 120_000 }, async () => {
  const server = createServer((request, response) => response.end(picture(request.url ?? '')))
  server.listen(0, '127.0.0.1')
  onTestFinished(() => server.close().closeAllConnections())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const filling = 'x'.repeat(2000)
  const list = Object.fromEntries(
    keysTo(5000).map(key => [key, { imageURL: `http://127.0.0.1:${port}/${key}.jpg`, filling }]),
  )
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().heapUsed)
  }, 20)
  const before = process.memoryUsage().heapUsed
  const { problem, bench } = await ran({ list })
  clearInterval(watch)
  expect(problem).toBeUndefined()
  expect(bench.recorded.size).toBe(5000)
  // The list alone is 10 MB; what grows is garbage of requests, and the 5,000 names that the rig records.
  expect((most - before) / 5000).toBeLessThan(30_000)
})
