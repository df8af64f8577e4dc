/**
 * The shape of datasets.yaml: the one definition that files are checked against and the JSON Schema is printed from.
 * Knows nothing of what names refer to; what a source can become is handed in.
 */

import {
  boolean,
  choice,
  type Field,
  list,
  map,
  object,
  optional,
  required,
  type ValueOf,
} from '../model/grammar.ts'
import type { SourceForm } from '../model/source-form.ts'
import * as values from './values.ts'

export type Forms = readonly SourceForm<unknown>[]

const pins = {
  mirrors: optional(
    list(values.address, {
      orSingle: true,
      about: 'Other addresses of the very same file, tried in this order.',
    }),
  ),
  size: optional(values.size),
  sha256: optional(values.sha256),
  md5: optional(values.md5),
}

const url = list(values.address, {
  orSingle: true,
  atLeast: 1,
  about:
    'Where the file is; a list, or a range such as {000..050} or {aa..ad}, where it is published in parts.',
})

const downloadName = values.words('The name of one of the downloads of this file.')

const download = object({ url: required(url), ...pins }, { about: 'A file that several targets share.' })

const listed = object(
  {
    from: required(values.address),
    ...pins,
    format: optional(choice(['json', 'jsonl', 'csv', 'text'], { about: 'Of the list.' })),
    key: optional(values.words('The field of a record that names its file.')),
    address: optional(values.words('The field of a record that holds its address.')),
    name: optional(values.nameTemplate),
    allow_missing: optional(values.allowance),
  },
  { about: 'One address per file, listed in a file.', shorthand: 'from' },
)

const rename = object({
  match: required(
    values.words(
      'A pattern of paths below the target: * within a name, ** across folders, {a,b} for either.',
    ),
  ),
  to: required(values.renameTemplate),
})

const host = object({
  connections: optional(values.count('Simultaneous connections.', 1)),
  rate: optional(values.rate),
  floor: optional(values.rate),
  headers: optional(
    map(values.headerName, values.headerValue, {
      about: 'Sent to this host alone; ${NAME} stands for an environment variable.',
    }),
  ),
  token: optional(values.token),
})

const merge = list(values.words('The path of an annotation below the root.'), {
  atLeast: 1,
  about: 'Annotations of this playground, by their paths below the root, to be made one in this order.',
})

/** Fields that say what becomes of a file: one for each kind that was handed in. */
const becoming = (forms: Forms): Record<string, Field<unknown, false>> =>
  Object.fromEntries(forms.map(({ key, grammar }) => [key, optional(grammar)]))

const filling = (forms: Forms) => {
  const able = forms.filter(({ fills }) => fills === true)
  const keys = able.map(({ key }) => key)
  return object(
    { url: optional(url), ...pins, download: optional(downloadName), ...becoming(able) },
    {
      about: 'Where to take files from that their own address does not give.',
      choose: [
        { keys: ['url', 'download'], least: 1 },
        { keys, least: 0 },
      ],
      beside: { mirrors: ['url'], size: ['url'], sha256: ['url'], md5: ['url'] },
    },
  )
}

const source = (forms: Forms) => {
  const keys = forms.map(({ key }) => key)
  const merging = forms.filter(({ derives }) => derives).map(({ key }) => key)
  const file = ['url', 'download', 'manual']
  const pinned = ['url', 'manual']
  return object(
    {
      url: optional(url),
      ...pins,
      download: optional(downloadName),
      urls: optional(listed),
      manual: optional(values.instructions),
      merge: optional(merge),
      name: optional(values.nameTemplate),
      allow_missing: optional(values.allowance),
      fill: optional(filling(forms)),
      ...becoming(forms),
    },
    {
      about: 'Where bytes come from, and what becomes of them.',
      needs: {
        manual: { one: keys, for: 'what becomes of the file' },
        merge: { one: merging, for: 'what becomes of the files' },
      },
      choose: [
        { keys: ['url', 'download', 'urls', 'manual', 'merge'], least: 1 },
        { keys, least: 0 },
      ],
      beside: {
        mirrors: ['url'],
        size: pinned,
        sha256: pinned,
        md5: pinned,
        name: ['urls'],
        allow_missing: ['urls'],
        fill: ['urls'],
        ...Object.fromEntries(keys.map(key => [key, merging.includes(key) ? [...file, 'merge'] : file])),
      },
    },
  )
}

const target = (forms: Forms) =>
  object({
    title: optional(values.words('What it is, in a few words.')),
    license: optional(values.words('The licence of the data.')),
    homepage: optional(values.homepage),
    sources: required(list(source(forms), { atLeast: 1 })),
    rename: optional(list(rename, { about: 'New names for files, by the first rule that matches.' })),
    transcode: optional(
      choice(['jpg'], {
        about: 'What images of archives and lists become: real JPEG under .jpg, whatever they are.',
      }),
    ),
    expect: optional(
      object({
        files: optional(values.count('How many files the target holds in all.')),
        images: optional(boolean({ about: 'Whether every file must be an image by its content.' })),
      }),
    ),
  })

export const specGrammar = (forms: Forms) =>
  object({
    version: required(values.version),
    root: optional(values.rootFolder),
    archives: optional(
      choice(['discard', 'keep'], {
        about: 'What becomes of an archive once everything made from it is placed.',
      }),
    ),
    hosts: optional(map(values.hostName, host, { about: 'Budgets of hosts, and what they are sent.' })),
    groups: optional(
      map(values.groupName, list(values.words('A group, a target, or a directory above targets.')), {
        about: 'Names for several targets.',
      }),
    ),
    downloads: optional(
      map(values.words('The name of a download.'), download, {
        about: 'Archives that several targets share.',
      }),
    ),
    targets: required(map(values.directory, target(forms), { about: 'Directories below the root.' })),
  })

export type SpecValue = ValueOf<ReturnType<typeof specGrammar>>
export type TargetValue = SpecValue['targets'][string]
export type SourceValue = TargetValue['sources'][number]
type DownloadValue = ValueOf<typeof download>
export type PinsValue = Omit<DownloadValue, 'url'>
export type FillingValue = ValueOf<ReturnType<typeof filling>>
