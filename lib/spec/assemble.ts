/** A checked value of the shape → Spec: ranges written out, defaults filled in, pointers kept. Nothing can be wrong here. */

import { writeOut } from '../model/address-ranges.ts'
import { below, type Download, type Origin, type Source, type Spec, type Target } from '../model/spec.ts'
import type { Page } from './page.ts'
import type { FillingValue, Forms, PinsValue, SourceValue, SpecValue, TargetValue } from './shape.ts'
import { normalDirectory } from './values.ts'

export interface Whereabouts {
  readonly folder: string
  readonly forms: Forms
}

export function assemble(value: SpecValue, page: Page, { folder, forms }: Whereabouts): Spec {
  return {
    file: page.file,
    folder,
    root: value.root ?? 'playground/data',
    archives: value.archives ?? 'discard',
    hosts: mapped(value.hosts ?? {}, (name, { connections, rate, floor, headers, token }) => [
      name,
      defined({ connections, rateBytesPerSecond: rate, floorBytesPerSecond: floor, headers, token }),
    ]),
    groups: mapped(value.groups ?? {}, (name, members) => [name, members]),
    downloads: mapped(value.downloads ?? {}, (name, { url, ...pins }) => [
      name,
      download(url, pins, below('downloads', name)),
    ]),
    targets: mapped(value.targets, (name, written) => [
      normalDirectory(name),
      target(written, below('targets', name), forms),
    ]),
    places: page.places,
  }
}

function target(value: TargetValue, pointer: string, forms: Forms): Target {
  const { title, license, homepage, sources, rename = [], transcode, expect = {} } = value
  return {
    ...defined({ title, license, homepage, transcode }),
    sources: sources.map((written, i) => source(written, below(pointer, 'sources', i), forms)),
    rename,
    expect,
    pointer,
  }
}

function source(value: SourceValue | FillingValue, pointer: string, forms: Forms): Source {
  const written: Readonly<Record<string, unknown>> = value
  const form = forms.find(({ key }) => written[key] !== undefined)
  const becomes = form && { kind: form.key, params: written[form.key] }
  return { origin: origin(value, pointer, forms), ...(becomes && { becomes }), pointer }
}

function origin(value: SourceValue, pointer: string, forms: Forms): Origin {
  if (value.url) return { form: 'address', download: download(value.url, value, pointer) }
  if (value.download !== undefined) return { form: 'named', name: value.download }
  if (value.merge) return { form: 'merge', paths: value.merge }
  if (value.urls) return listed(value, value.urls, pointer, forms)
  const { size, sha256, md5 } = value
  return { form: 'manual', instructions: value.manual ?? '', ...defined({ size, sha256, md5 }), pointer }
}

function listed(
  value: SourceValue,
  urls: NonNullable<SourceValue['urls']>,
  pointer: string,
  forms: Forms,
): Origin {
  const { from, format, key, address, name, allow_missing, ...pins } = urls
  return {
    form: 'urls',
    list: download([from], pins, below(pointer, 'urls')),
    ...defined({
      format,
      key,
      address,
      name: name ?? value.name,
      allowMissing: allow_missing ?? value.allow_missing,
      fill: value.fill && source(value.fill, below(pointer, 'fill'), forms),
    }),
    pointer,
  }
}

const download = (
  url: readonly string[],
  { mirrors = [], size, sha256, md5 }: PinsValue,
  pointer: string,
): Download => ({
  url: url.flatMap(text => writeOut(text)),
  mirrors,
  ...defined({ size, sha256, md5 }),
  pointer,
})

/** A record without a prototype: names are the user's, and `constructor` is a name. */
function mapped<T, U>(
  values: Readonly<Record<string, T>>,
  change: (name: string, value: T) => readonly [string, U],
): Readonly<Record<string, U>> {
  const changed: Record<string, U> = Object.create(null)
  for (const [name, value] of Object.entries(values)) {
    const [newName, newValue] = change(name, value)
    changed[newName] = newValue
  }
  return changed
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the keys that nobody wrote. */
const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
