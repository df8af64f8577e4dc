/**
 * What a spec says as a whole: downloads that must exist, directories that must differ, mirrors that must match.
 * Works on values that may be incomplete, so that all mistakes are told at once.
 */

import { writeOut } from '../model/address-ranges.ts'
import type { DiagnosticDraft } from '../model/problem.ts'
import { below, placeOf } from '../model/spec.ts'
import { didYouMean } from '../model/suggest.ts'
import { plural } from '../model/units.ts'
import type { Loose } from './check.ts'
import { checkGroups } from './groups.ts'
import type { Page } from './page.ts'
import { checkParts } from './parts.ts'
import type { SourceValue, SpecValue } from './shape.ts'
import { normalDirectory } from './values.ts'

type LooseSpec = Loose<SpecValue>
type LooseSource = Loose<SourceValue>
type LooseHost = NonNullable<NonNullable<LooseSpec['hosts']>[string]>

export function checkNames(spec: LooseSpec, page: Page): void {
  checkDirectories(spec, page)
  checkManual(spec, page)
  for (const [name, host] of Object.entries(spec.hosts ?? {})) if (host) checkHeaders(name, host, page)
  checkGroups(spec, page)
  for (const [pointer, source] of sourcesOf(spec)) {
    checkMirrors(source, pointer, page)
    checkParts(source.url, pointer, page)
    checkSaidOnce(source, pointer, page)
    checkDownloadName(spec, source.download, below(pointer, 'download'), page)
  }
  for (const [name, file] of Object.entries(spec.downloads ?? {}))
    if (file) {
      checkMirrors(file, below('downloads', name), page)
      checkParts(file.url, below('downloads', name), page)
    }
}

/** Every source and every filling of one, by its pointer. */
function* sourcesOf(spec: LooseSpec): Generator<readonly [string, LooseSource]> {
  for (const [name, target] of Object.entries(spec.targets ?? {}))
    for (const [i, source] of (target?.sources ?? []).entries()) {
      if (!source) continue
      const pointer = below('targets', name, 'sources', i)
      yield [pointer, source]
      if (source.fill) yield [below(pointer, 'fill'), source.fill]
    }
}

function checkDirectories(spec: LooseSpec, page: Page): void {
  const first = new Map<string, string>()
  for (const name of Object.keys(spec.targets ?? {})) {
    const directory = normalDirectory(name).normalize('NFC')
    const earlier = first.get(directory)
    if (earlier === undefined) first.set(directory, name)
    else page.mistakeAt(sameDirectory(earlier, name, page), below('targets', name))
  }
}

const sameDirectory = (earlier: string, later: string, page: Page): DiagnosticDraft => ({
  code: 'target-clash',
  message: `The targets "${earlier}" and "${later}" are the same directory.`,
  evidence: [
    { label: 'first', text: earlier, from: placeOf(page, below('targets', earlier)) },
    { label: 'again', text: later, from: placeOf(page, below('targets', later)) },
  ],
  next: 'make them one target with the sources of both.',
})

/** All files that people fetch for a target lie in one folder: of several, digests tell which is which. */
function checkManual(spec: LooseSpec, page: Page): void {
  for (const [name, target] of Object.entries(spec.targets ?? {})) {
    const byHand = [...(target?.sources ?? []).entries()].filter(([, source]) => source?.manual !== undefined)
    if (byHand.length < 2) continue
    for (const [i, source] of byHand) {
      if (source?.sha256 !== undefined || source?.md5 !== undefined) continue
      const message = `"${name}" has ${plural(byHand.length, 'file')} that a person fetches, and nothing tells which is which.`
      const pointer = below('targets', name, 'sources', i, 'manual')
      page.mistakeAt({ code: 'missing-key', message, next: 'add "sha256:" to each of them.' }, pointer)
    }
  }
}

/** Names of headers do not know small letters from capitals, and `token` is one of them. */
function checkHeaders(name: string, host: LooseHost, page: Page): void {
  const first = new Map<string, string>(host.token === undefined ? [] : [['authorization', 'token']])
  for (const header of Object.keys(host.headers ?? {})) {
    const earlier = first.get(header.toLowerCase())
    first.set(header.toLowerCase(), header)
    if (earlier === undefined) continue
    const message = `"${earlier}" and "${header}" are the same header; only one of the two could be sent.`
    const pointer = below('hosts', name, 'headers', header)
    page.mistakeAt({ code: 'bad-value', message, next: 'remove one of the two.' }, pointer)
  }
}

function checkDownloadName(spec: LooseSpec, name: string | undefined, pointer: string, page: Page): void {
  const names = Object.keys(spec.downloads ?? {})
  if (name === undefined || names.includes(name)) return
  const address = /^[a-z]+:\/\//i.test(name) ? 'write "url:" for an address.' : undefined
  const next = address ?? didYouMean(name, names) ?? 'add it under "downloads:".'
  page.mistakeAt({ code: 'unknown-name', message: `There is no download called "${name}".`, next }, pointer)
}

/** What describes the files of a list may stand beside `urls:` or in it, not both. */
function checkSaidOnce(source: LooseSource, pointer: string, page: Page): void {
  for (const key of ['name', 'allow_missing'] as const) {
    if (source[key] === undefined || source.urls?.[key] === undefined) continue
    const message = `"${key}" is written twice, in "urls" and beside it; only one of the two could count.`
    page.mistakeAt({ code: 'bad-value', message, next: 'remove one of the two.' }, below(pointer, key))
  }
}

/** A mirror of an archive in parts has as many parts, or is the whole of it. */
function checkMirrors(
  { url, mirrors }: Pick<LooseSource, 'url' | 'mirrors'>,
  pointer: string,
  page: Page,
): void {
  const parts = url?.reduce((sum, text) => sum + partCount(text), 0)
  for (const [i, mirror] of (mirrors ?? []).entries()) {
    if (mirror === undefined || parts === undefined || [1, parts].includes(partCount(mirror))) continue
    const message = `The mirror "${mirror}" has another number of parts than the address.`
    const evidence = [
      { label: 'url', text: plural(parts, 'part') },
      { label: 'mirror', text: plural(partCount(mirror), 'part') },
    ]
    const next = 'give the mirror the same range, such as {000..050}, or name one whole file.'
    page.mistakeAt({ code: 'bad-value', message, evidence, next }, below(pointer, 'mirrors', i))
  }
}

function partCount(text: string | undefined): number {
  const parts = text === undefined ? '' : writeOut(text)
  return typeof parts === 'string' ? 1 : parts.length
}
