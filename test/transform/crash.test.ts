/** Killed at the calls that make another annotation and put it in its place: nothing is half there, and the next build makes all. */

import { expect, test } from 'vitest'
import { Builder } from '../sweep/builder.ts'
import { build } from '../sweep/sweep.ts'
import { passingOf, playgroundOf } from '../sweep/tree.ts'
import { makeWorld, type World } from '../sweep/world.ts'

/** Other annotations of two that are published: changed, drawn, split, merged. */
function annotationSpec({ mirror }: World, prefix: string): string {
  const annotations = {
    'mix.json': '[{"id":1,"image":"a/1.gif"},\n{"id":2,"image":["b/2.jpg"]},\n{"id":3}]',
    'lines.jsonl': '{"id":4,"image":"a/4.jpg"}\n{"id":5}\n',
  }
  for (const [name, text] of Object.entries(annotations)) mirror.serve(`/${name}`, Buffer.from(text))
  return `version: 1
root: data
targets:
  notes:
    sources:
      - url: '${mirror.url}/mix.json'
        json: { rewrite: [{ match: '\\.gif$', to: .jpg }], prefix: '${prefix}', sample: 2 }
      - { url: '${mirror.url}/lines.jsonl', json: { split: true, prefix: '${prefix}' } }
  all:
    sources:
      - { merge: [notes/mix.clean.json, notes/lines.jsonl], json: { as: all.jsonl, cast_id: string } }
`
}

const calls = [
  '^openSync .groundwork/staging/.*/mix.clean.json',
  '^openSync .groundwork/staging/.*/c.jsonl',
  '^renameSync notes/mix.clean.json',
  '^renameSync notes/lines.split',
  '^renameSync all/all.jsonl',
  '^rmSync notes/mix.clean.json',
]

test('before each of these calls', async () => {
  const world = await makeWorld()
  const builder = new Builder()
  try {
    const done = async (prefix: string) => {
      world.write(annotationSpec(world, prefix))
      const { exitCode } = await build(builder, world)
      expect(exitCode).toBe(0)
      return playgroundOf(world.root)
    }
    const [first, second] = [await done('b/'), await done('c/')]
    expect(Object.keys(second)).toContain('all/all.jsonl')
    let strikes = 0
    for (const at of calls) {
      expect(await done('b/'), at).toEqual(first)
      world.write(annotationSpec(world, 'c/'))
      const outcome = await build(builder, world, { fault: { at, strike: 'kill' } })
      if (outcome.struck) strikes += 1
      for (const [path, digest] of Object.entries(playgroundOf(world.root)))
        expect([first[path], second[path]], `${at}: ${path}`).toContain(digest)
      expect(await done('c/'), at).toEqual(second)
      expect(passingOf(world.root), at).toEqual({})
      expect((await build(builder, world)).summary).toMatchObject({ ran: 0 })
    }
    expect(strikes).toBe(calls.length)
  } finally {
    builder.close()
    await world.close()
  }
}, 120_000)
