/** argv → a verb, names and options. Checks words, not the spec. */

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type LinkMode, linkModes } from '../model/link-mode.ts'
import { Problem } from '../model/problem.ts'
import { suggest } from '../model/suggest.ts'
import { readBytes } from '../model/units.ts'
import { verbs } from '../model/verbs.ts'
import type { Tier } from '../survey.ts'

export type Verb = (typeof verbs)[number] | 'overview'

export interface Command {
  readonly verb: Verb
  readonly names: readonly string[]
  readonly options: Options
}

export interface Options {
  readonly spec: string
  readonly root: string | undefined
  readonly dryRun: boolean
  readonly jobs: number
  readonly keepGoing: boolean
  readonly force: boolean
  readonly json: boolean
  readonly quiet: boolean
  readonly offline: boolean
  /** Refuse what neither the spec nor the lock file pins by digest. */
  readonly locked: boolean
  readonly keepArchives: boolean
  /** Only the files of archives that annotations of the same build refer to. */
  readonly onlyNeeded: boolean
  /** A small playground of its own: so many records of each annotation, and only the files that those refer to. */
  readonly sample: number | undefined
  readonly check: Tier
  readonly rateBytesPerSecond: number | undefined
  /** Of `graph`. */
  readonly format: GraphFormat
  /** Of `export`; undefined where none was named. */
  readonly exportFormat: ExportFormat | undefined
  /** Every file where else a sample is looked at. */
  readonly all: boolean
  /** A file to write to instead of stdout. */
  readonly output: string | undefined
  readonly archives: boolean
  readonly exitCode: boolean
  /** Where files lie that are taken over; undefined: in the target itself. */
  readonly from: string | undefined
  /** How they are taken over; undefined: in the cheapest way that works. */
  readonly link: LinkMode | undefined
  /** Of a verb that else only lists what it would remove. */
  readonly yes: boolean
  /** Also files in targets that no record names. */
  readonly extra: boolean
  readonly help: boolean
}

const graphFormats = ['mermaid', 'dot', 'json'] as const
export type GraphFormat = (typeof graphFormats)[number]
export const exportFormats = ['croissant', 'sha256sum', 'jsonl', 'parquet'] as const
export type ExportFormat = (typeof exportFormats)[number]
const tiers = ['record', 'tree', 'hash'] as const

const flags = {
  spec: { type: 'string', default: 'datasets.yaml' },
  root: { type: 'string' },
  'dry-run': { type: 'boolean', short: 'n', default: false },
  jobs: { type: 'string', short: 'j' },
  'keep-going': { type: 'boolean', short: 'k', default: false },
  force: { type: 'boolean', short: 'f', default: false },
  json: { type: 'boolean', default: false },
  quiet: { type: 'boolean', short: 'q', default: false },
  offline: { type: 'boolean', default: false },
  locked: { type: 'boolean', default: false },
  'keep-archives': { type: 'boolean', default: false },
  'only-needed': { type: 'boolean', default: false },
  check: { type: 'string', default: 'tree' },
  rate: { type: 'string' },
  format: { type: 'string' },
  output: { type: 'string' },
  all: { type: 'boolean', default: false },
  archives: { type: 'boolean', default: false },
  'exit-code': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  extra: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  from: { type: 'string' },
  link: { type: 'string' },
  sample: { type: 'string' },
  // A known word whose work is not built yet: refused below, not taken for misspelt.
  on: { type: 'string', default: 'local' },
} as const

/** Throws `bad-usage` and `not-yet`. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv)
  refuseUnbuilt(values)
  const [first, ...rest] = positionals
  const isVerb = (verbs as readonly (string | undefined)[]).includes(first)
  const verb: Verb = isVerb ? (first as Verb) : first === undefined ? wholeCommand(values) : 'build'
  const options: Options = {
    spec: values.spec,
    root: values.root,
    dryRun: values['dry-run'],
    jobs: wholeNumber('--jobs', values.jobs) ?? availableParallelism(),
    keepGoing: values['keep-going'],
    force: values.force,
    json: values.json,
    quiet: values.quiet,
    offline: values.offline,
    locked: values.locked,
    keepArchives: values['keep-archives'],
    onlyNeeded: values['only-needed'],
    sample: wholeNumber('--sample', values.sample),
    check: oneOf('--check', values.check, tiers),
    rateBytesPerSecond: rate(values.rate),
    ...formats(verb, values.format),
    output: values.output,
    all: values.all,
    archives: values.archives,
    exitCode: values['exit-code'],
    from: values.from,
    link: values.link === undefined ? undefined : oneOf('--link', values.link, linkModes),
    yes: values.yes,
    extra: values.extra,
    help: values.help,
  }
  return { verb, names: (isVerb ? rest : positionals).map(trimmed), options }
}

/** One word, and what it may say depends on the verb. */
const formats = (verb: Verb, text: string | undefined): Pick<Options, 'format' | 'exportFormat'> =>
  verb === 'export'
    ? {
        format: 'mermaid',
        exportFormat: text === undefined ? undefined : oneOf('--format', text, exportFormats),
      }
    : { format: oneOf('--format', text ?? 'mermaid', graphFormats), exportFormat: undefined }

/** Bare options that only make sense for a build mean one of everything. */
const wholeCommand = (values: ReturnType<typeof parse>['values']): Verb =>
  values['dry-run'] || values.force || values.locked || values['only-needed'] ? 'build' : 'overview'

/** `coco/train2017/`, as the shell completes it, is the target `coco/train2017`. */
const trimmed = (name: string): string => name.replace(/^\.\//, '').replace(/\/+$/, '') || name

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const word = /'(--?[^' =]+)/.exec(message)?.[1] ?? ''
    const name = word.replace(/^-+/, '')
    const near = Object.hasOwn(flags, name) ? undefined : suggest(name, Object.keys(flags))
    throw usage(
      message.split('. ')[0] ?? message,
      near ? `did you mean --${near}?` : 'see `npx tsx build --help`.',
    )
  }
}

function refuseUnbuilt(values: ReturnType<typeof parse>['values']): void {
  if (values.on === 'local') return
  throw new Problem({
    code: 'not-yet',
    message: '--on cannot be used yet.',
    disk: 'Nothing was changed.',
    next: 'build without it.',
  })
}

function wholeNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw usage(`${flag} takes a whole number from 1 on, not ${text}`)
  return number
}

function rate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const read = readBytes(text.replace(/\/s$/, ''))
  if (read === undefined || read.bytes === 0) throw usage(`--rate takes a rate such as 50MB/s, not ${text}`)
  return read.bytes
}

function oneOf<const C extends string>(flag: string, text: string, choices: readonly C[]): C {
  const found = choices.find(choice => choice === text)
  if (found === undefined) throw usage(`${flag} takes one of ${choices.join(', ')}, not ${text}`)
  return found
}

export const usage = (message: string, next = 'see `npx tsx build --help`.'): Problem =>
  new Problem({ code: 'bad-usage', message: message.endsWith('.') ? message : `${message}.`, next })
