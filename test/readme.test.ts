/** Runs the README's example as a newcomer would, and holds every line that it shows. UPDATE_GOLDENS=1 rewrites them. */

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { startMirror } from '../demo/mirror.ts'
import { zipOf } from './rig/zips.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(repository, 'README.md'), 'utf8')

/** What time and the order of parallel steps change. */
const settled = (text: string): readonly string[] =>
  text
    .replaceAll(/\d+\.\d s\b/g, 'N s')
    .replaceAll(/, [\d.]+ [kM]?B\/s/g, '')
    .replaceAll(/\d{8}T\d{6}-[0-9a-f]{8}/g, 'RUN')
    .split('\n')
    .map(line => line.trimEnd())
    .toSorted()

test('the example of the README does what the README shows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-readme-'))
  const mirror = await startMirror()
  publish(mirror)
  writeFileSync(join(folder, 'datasets.yaml'), block('yaml')[0] ?? '')
  try {
    for (const transcript of block('console')) {
      const run = await transcribe(commandsOf(transcript), folder, mirror.url)
      if (process.env['UPDATE_GOLDENS']) update(transcript, run)
      else expect(settled(run)).toEqual(settled(transcript))
    }
  } finally {
    await mirror.close()
    rmSync(folder, { recursive: true })
  }
})

test('the README is short, and shows a spec of twelve lines', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(151)
  expect(block('yaml')[0]?.trimEnd().split('\n').length).toBeLessThanOrEqual(12)
})

test('every script that a document names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    scripts: object
  }
  const documents = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md']
  const named = documents.flatMap(file =>
    [...readFileSync(join(repository, file), 'utf8').matchAll(/npm (?:run )?([a-z:]+)/g)].map(
      ([, name]) => name,
    ),
  )
  const builtIn = ['ci', 'test']
  expect(named.filter(name => name && !builtIn.includes(name) && !(name in scripts))).toEqual([])
})

function publish(mirror: Awaited<ReturnType<typeof startMirror>>): void {
  const base = '/datasets/example/pets/resolve/5f1c2e0'
  const picture = (name: string): Buffer =>
    Buffer.concat([0, 1, 2, 3].map(i => createHash('sha512').update(`${name} ${i}`).digest()))
  const names = ['cat.jpg', 'dog.jpg', 'fox.png', 'owl.gif']
  mirror.serve(
    `${base}/pets.zip`,
    zipOf(names.map(name => ({ name: `images/${name}`, content: picture(name) }))),
  )
  const records = ['cat', 'dog', 'fox', 'owl'].map(name => ({ id: name, image: `pets/images/${name}.jpg` }))
  mirror.serve(`${base}/pets.json`, Buffer.from(JSON.stringify(records)))
}

/** The contents of all code blocks of a language, in order. */
function block(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  )
}

const commandsOf = (transcript: string): readonly string[] =>
  transcript
    .split('\n')
    .filter(line => line.startsWith('$ '))
    .map(line => line.slice(2))

/** What a terminal would show. */
async function transcribe(commands: readonly string[], cwd: string, endpoint: string): Promise<string> {
  let shown = ''
  for (const command of commands) {
    const real = command.replace(
      'npx tsx build',
      `${join(repository, 'node_modules/.bin/tsx')} ${join(repository, 'build.ts')}`,
    )
    const { all } = await execa('sh', ['-c', real], {
      cwd,
      all: true,
      reject: false,
      env: { HF_ENDPOINT: endpoint, HF_TOKEN: undefined, NO_COLOR: '1' },
    })
    shown += `$ ${command}\n${all}${all === '' ? '' : '\n'}`
  }
  return shown
}

const update = (transcript: string, run: string): void => {
  const file = join(repository, 'README.md')
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(transcript, () => run),
  )
}
