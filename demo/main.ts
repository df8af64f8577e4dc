/**
 * `npm run demo`: a playground from nothing, through the real command line, against a mirror on this machine.
 * Shows what a user types and sees, and fails when anything is not as it should be. `--keep` leaves the folder.
 */

import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { type Setup, setUp } from './setup.ts'
import { drawTree } from './tree.ts'
import { addedLater } from './world.ts'

/** The fields of `--json` events that the demo looks at. */
interface Event {
  readonly event: string
  readonly task?: string
  readonly target?: string
  readonly ran?: number
  readonly repaired?: number
  readonly requests?: number
}

const repository = fileURLToPath(new URL('..', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'groundwork-demo-'))
let failed = 0

await tour()
const stays = failed > 0 || process.argv.includes('--keep')
if (!stays) await rm(folder, { recursive: true, force: true })
const folderNow = stays ? `The playground stays in ${folder}` : 'The folder is gone again; --keep leaves it.'
say(`${failed === 0 ? 'All as it should be.' : `${failed} of these are not as they should be.`} ${folderNow}`)
process.exitCode = failed === 0 ? 0 : 1

async function tour(): Promise<void> {
  const setup = await setUp(folder)
  try {
    await firstBuild(setup)
    await secondBuild(setup)
    await oneDatasetMore(setup)
    await damage(setup)
    await result(setup)
  } finally {
    await setup.mirror.close()
  }
}

async function firstBuild(setup: Setup): Promise<void> {
  say(`A small world is published at ${setup.mirror.url}; HF_ENDPOINT leads hf:// there.`)
  title('1  A playground from nothing')
  const { exitCode, lines } = await build(setup, 'playground')
  show(lines, 6)
  holds('the build succeeds', exitCode === 0)
  const wanted = setup.world.filter(({ target }) => target !== addedLater)
  const files = wanted.reduce((sum, { becomes, count }) => sum + (becomes === 'unzip' ? count : 1), 0)
  holds(`every published file is in its place: ${files} of them`, (await filesIn(setup)).length === files)
  holds(
    'covers of OCR-VQA all end in .jpg',
    (await filesIn(setup, 'ocr_vqa')).every(name => name.endsWith('.jpg')),
  )
}

async function secondBuild(setup: Setup): Promise<void> {
  title('2  Once more: nothing to do')
  const before = setup.mirror.requests.length
  const { exitCode, lines, summary } = await build(setup, 'playground', '--json')
  showSummary(lines)
  holds('no task runs', exitCode === 0 && summary.ran === 0 && summary.requests === 0)
  holds('the mirror sees no request', setup.mirror.requests.length === before)
}

async function oneDatasetMore(setup: Setup): Promise<void> {
  title(`3  One dataset more: ${addedLater}`)
  await writeFile(setup.specFile, setup.longerSpec)
  const plan = await build(setup, 'playground', '--dry-run')
  show(plan.lines)
  const { exitCode, lines, events, summary } = await build(setup, 'playground', '--json')
  const started = events.filter(({ event }) => event === 'task-started')
  showSummary(lines)
  holds('the build succeeds', plan.exitCode === 0 && exitCode === 0)
  holds(
    `only its tasks run: ${started.map(({ task }) => task).join(', ')}`,
    started.length >= 2 &&
      started.length === summary.ran &&
      started.every(({ target }) => target === addedLater),
  )
}

async function damage(setup: Setup): Promise<void> {
  title('4  Proof, damage, repair')
  const whole = await build(setup, 'verify')
  show(whole.lines)
  holds('every byte is as recorded, and every image that an annotation names is there', whole.exitCode === 0)
  const image = await imageOfAnAnnotation(setup)
  say(`$ rm ${image}`)
  await rm(join(setup.playground, image))
  const broken = await build(setup, 'verify')
  show(broken.lines)
  holds('verify names the picture', broken.exitCode === 1 && broken.lines.join('\n').includes(image))
  const { exitCode, lines, summary } = await build(setup, 'playground', '--json')
  showSummary(lines)
  holds(
    'the next build puts it back',
    exitCode === 0 && summary.repaired === 1 && existsSync(join(setup.playground, image)),
  )
}

async function result({ playground }: Setup): Promise<void> {
  title('5  What there is now')
  show(['playground/data', ...(await drawTree(playground))])
}

/** Below the root of the playground. */
async function imageOfAnAnnotation({ playground }: Setup): Promise<string> {
  const text = await readFile(join(playground, 'llava/llava_sft/llava_v1_5_mix665k.json'), 'utf8')
  const records = JSON.parse(text) as { readonly image?: string }[]
  return records.find(({ image }) => image !== undefined)?.image ?? ''
}

interface Outcome {
  readonly exitCode: number | undefined
  /** What was printed. */
  readonly lines: readonly string[]
  /** With `--json`. */
  readonly events: readonly Event[]
  readonly summary: Event
}

/** Runs the command line as a user would. The token of a real user stays out of it. */
async function build({ mirror, specFile }: Setup, ...words: readonly string[]): Promise<Outcome> {
  const command = ['tsx', 'build', ...words, '--spec', specFile]
  say(`$ npx ${command.join(' ')}`)
  const { exitCode, stdout, all } = await execa('tsx', command.slice(1), {
    cwd: repository,
    preferLocal: true,
    env: { HF_ENDPOINT: mirror.url, HF_TOKEN: undefined, NO_COLOR: '1' },
    all: true,
    reject: false,
    timeout: 60_000,
  })
  const events = words.includes('--json') ? eventsOf(stdout) : []
  return { exitCode, lines: all.split('\n'), events, summary: events.at(-1) ?? { event: 'none' } }
}

function eventsOf(stdout: string): Event[] {
  const lines = stdout.split('\n').filter(line => line.startsWith('{'))
  return lines.map(line => JSON.parse(line) as Event)
}

async function filesIn({ playground }: Setup, directory = ''): Promise<string[]> {
  const entries = await readdir(join(playground, directory), { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile() && !entry.parentPath.includes('.groundwork'))
    .map(({ name }) => name)
}

/** With `--json`: the last event, and what is no event. */
function showSummary(lines: readonly string[]): void {
  show(lines.filter(line => !line.startsWith('{') || line.includes('"event":"summary"')))
}

function holds(claim: string, held: boolean): void {
  say(`${held ? 'ok ' : 'NOT'} ${claim}`)
  if (!held) failed += 1
}

/** Long outputs without their middle. */
function show(lines: readonly string[], most = Infinity): void {
  const cut = lines.length > most
  const head = cut ? lines.slice(0, most - 2) : lines
  const tail = cut ? [`… ${lines.length - most} more lines …`, ...lines.slice(-2)] : []
  for (const line of [...head, ...tail]) say(`  ${line}`.trimEnd())
}

function title(text: string): void {
  say(`\n${text}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
