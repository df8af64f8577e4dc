/** A spec as it is written in datasets.yaml. */

import type { TargetWish } from './acts.ts'
import type { Source, Spec } from './asked.ts'
import { type File, files } from './world.ts'

interface Writing {
  /** By target: whether its downloads are named. */
  readonly wishes: Readonly<Record<string, TargetWish>>
  /** Address and pin of a file. */
  readonly written: (file: File) => string
  readonly keep: boolean
}

export function textOf(spec: Spec, { wishes, written, keep }: Writing): string {
  const used = files.filter(
    file =>
      file !== 'list.txt' && Object.values(wishes).some(wish => wish.named && wish.sources.includes(file)),
  )
  const line = (name: string, { kind, file, root, into, records }: Source): string => {
    const from = written(file as File)
    if (kind === 'urls') return `{ urls: { ${from.replace('url:', 'from:')} } }`
    const origin = wishes[name]?.named ? `download: '${file}'` : from
    const options = [
      ...(root === undefined ? [] : [`root: ${root}`]),
      ...(into === undefined ? [] : [`into: ${into}`]),
      ...(records === undefined ? [] : [`records: ${records}`]),
    ]
    return `{ ${origin}, ${kind}: ${kind === 'file' ? file : `{ ${options.join(', ')} }`} }`
  }
  return [
    'version: 1',
    'root: data',
    ...(keep ? ['archives: keep'] : []),
    ...(used.length > 0 ? ['downloads:', ...used.map(file => `  '${file}': { ${written(file)} }`)] : []),
    'groups:',
    `  all: [${Object.keys(spec).join(', ')}]`,
    'targets:',
    ...Object.entries(spec).flatMap(([name, target]) => [
      `  ${name}:`,
      '    sources:',
      ...target.sources.map(source => `      - ${line(name, source)}`),
      ...(target.rename === undefined
        ? []
        : ['    rename:', `      - { match: '**/*.png', to: '{dir}/{stem}${target.rename}' }`]),
      ...(target.expect === undefined ? [] : [`    expect: { files: ${target.expect} }`]),
    ]),
    '',
  ].join('\n')
}
