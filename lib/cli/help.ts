/** `--help`, for all and for each verb. */

import type { Verb } from './arguments.ts'
import { exitCodes } from './exit.ts'

const usage: Readonly<Record<Verb, readonly [synopsis: string, about: string]>> = {
  overview: ['npx tsx build', 'every group and target, its state, its size; nothing is built'],
  build: ['npx tsx build NAME…', 'build a group, a target, or all targets below a directory'],
  status: ['npx tsx build status [NAME…]', 'fresh, stale or missing, per target, without the network'],
  why: ['npx tsx build why NAME…', 'each task, its verdict, and the ingredient that changed'],
  verify: ['npx tsx build verify [NAME…]', 'rehash what is on disk; check annotations against the tree'],
  lock: ['npx tsx build lock [NAME…]', 'ask hosts for what the spec leaves open; write the lock file'],
  graph: ['npx tsx build graph [NAME…]', 'the tasks and what they take (--format mermaid, dot or json)'],
  clean: [
    'npx tsx build clean [NAME…]',
    'remove what was built; --archives: only archives and partial downloads',
  ],
  schema: ['npx tsx build schema', 'print the JSON Schema of datasets.yaml'],
  adopt: [
    'npx tsx build adopt NAME --from DIR',
    'take over files that are on disk already, in DIR or in place',
  ],
  accept: [
    'npx tsx build accept NAME…',
    'the definition changed, the result is the same: record it, run nothing',
  ],
  prune: ['npx tsx build prune [NAME…]', 'list what the spec no longer names; --yes removes it'],
  export: [
    'npx tsx build export [NAME…]',
    'what was built, for other tools (--format croissant, sha256sum, jsonl, parquet)',
  ],
  stats: [
    'npx tsx build stats [NAME…]',
    'what is in it: records, words, formats, sizes, duplicates, failures',
  ],
  report: ['npx tsx build report', 'one HTML page about the playground (not yet)'],
}

const everywhere = `
  --spec FILE          the spec (default: datasets.yaml)
  --root DIR           the playground, whatever the spec says
  --json               one JSON object a line on stdout; the last is a summary
  -q, --quiet          problems only
  --check TIER         how deep freshness is checked: record, tree (default) or hash
  -h, --help           this text`

const building = `
  -n, --dry-run        say what would be done, why, how many bytes from where; change nothing
  -j, --jobs N         tasks at once that need a core (default: as many as there are)
  -k, --keep-going     after a failure go on with what does not depend on it
  -f, --force          run everything that is named, whatever the records say
  --offline            no network at all: what is missing is told, with its bytes
  --locked             refuse what neither the spec nor its lock file pins by digest
  --only-needed        of archives only the files that annotations of the same build refer to
  --sample N           a small playground of its own: N records an annotation and just their images
  --keep-archives      keep archives once everything made from them is placed
  --rate 50MB/s        for all hosts together`

const own: Partial<Record<Verb, string>> = {
  build: building,
  graph: '\n  --format F           mermaid (default), dot or json',
  clean:
    '\n  --archives           only kept archives and partial downloads\n  -n, --dry-run        list only',
  lock: `
  Sizes, digests and revisions go into NAME.lock.yaml beside NAME.yaml; builds take them as if
  the spec said so. Files that hosts have replaced since are told.

  --only-needed        also read and lock the directories of archives, for builds with --only-needed
  -n, --dry-run        show what would be written`,
  adopt: `
  Files are held against the directory of their archive (CRC-32), the record of the playground that
  they lie in, or a pinned SHA-256; what is right is recorded, and a build fetches only the rest.

  --from DIR           where they lie, laid out as the target is (default: in the target itself)
  --link MODE          hard, reflink, symlink or copy (default: reflink, else hard, else copy)
  -n, --dry-run        read and compare; change nothing
  --check hash         read every byte, also of what a record vouches for
  --offline            ask no host: archives and records of this machine only`,
  prune: `
  Files that lie there as they were built, what is kept for them in the state folder, and their
  records. What was edited since stays and is named. NAME may be a target that the spec had before.

  --extra              also files in targets that no record names
  --yes                remove what is listed; without it nothing is changed
  -n, --dry-run        list only, whatever else is said`,
  export: `
  From the records alone: no file is read, and what is not fresh is left out and told.

  --format F           croissant: the metadata of a dataset for machine learning, as JSON-LD
                       sha256sum: a list for \`sha256sum -c\`, to be run in the root
                       jsonl, parquet: an index, one row a file
  --output FILE        write there instead of to stdout; parquet is only written to a file`,
  stats: `
  Of what was built last, by its records; annotations are read whole, of images the first bytes of 1,000 a
  target. Duplicates are files with the same bytes, in all of the targets that are named.

  --all                look at every image`,
  accept: `
  For what is stale only because its definition changed, and lies there as it was built. Refused for
  what was never built, is damaged, or is pinned to other bytes; what counts or checks is run anyway.

  -n, --dry-run        say what would be recorded`,
  status: '\n  --exit-code          1 if anything is not fresh',
}

/** Prints the help; returns the exit code. */
export function help(verb: Verb): number {
  process.stdout.write(verb === 'overview' ? wholeHelp() : verbHelp(verb))
  return exitCodes.done
}

const verbHelp = (verb: Verb): string =>
  `${usage[verb][0]}\n  ${usage[verb][1]}.\n${own[verb] ?? ''}${everywhere}\n`

function wholeHelp(): string {
  const rows = Object.values(usage).map(([synopsis, about]) => `  ${synopsis.padEnd(38)}${about}`)
  const codes =
    'Exit codes: 0 done · 1 a task failed or something is wrong · 2 spec or command line · 3 refused · 130 interrupted'
  return `Groundwork: a Make for training data.\n\n${rows.join('\n')}\n${building}${everywhere}\n\n${codes}\n`
}
