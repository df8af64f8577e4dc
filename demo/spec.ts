/**
 * The demo's datasets.yaml, made out of the shipped one: the same targets, groups, roots and rename rules, with the
 * addresses, sizes, digests and counts of the small world. Knows the form of the spec, not how it is built.
 */

import { type Document, isMap, isScalar, isSeq, parseDocument, visit, type YAMLMap } from 'yaml'
import { type Address, parseAddress } from '../lib/model/address.ts'
import type { Publication, World } from './world.ts'

/** A file of the world at a path of the mirror. */
interface Route {
  readonly path: string
  readonly file: string
  /** Answered as Hugging Face does: size and digest in the headers of a redirect. */
  readonly huggingFace: boolean
}

export interface DemoSpec {
  readonly text: string
  readonly routes: readonly Route[]
}

export interface DemoSpecRequest {
  /** Text of the shipped datasets.yaml. */
  readonly shipped: string
  readonly world: World
  readonly mirrorUrl: string
  /** Targets to add to the group `playground`. */
  readonly added: readonly string[]
}

/** What `playground` needs, and `added`. `hf://` addresses stay: HF_ENDPOINT leads them to the mirror. */
export function demoSpec({ shipped, world, mirrorUrl, added }: DemoSpecRequest): DemoSpec {
  const document = parseDocument(shipped)
  dropComments(document)
  document.commentBefore =
    ' Made by demo/spec.ts out of the shipped datasets.yaml, for a small world on this machine.'
  for (const target of added) document.addIn(['groups', 'playground'], target)
  const kept = membersOf(document, 'playground')
  for (const name of keysOf(document, 'targets')) if (!kept.has(name)) document.deleteIn(['targets', name])
  document.deleteIn(['groups', 'open-llava-next'])
  document.delete('downloads')
  const routes = [...kept].flatMap(name => publish(document, name, world, mirrorUrl))
  return { text: document.toString({ lineWidth: 0 }), routes }
}

/** They speak of the real files, and would be wrong here. */
function dropComments(document: Document): void {
  visit(document, {
    Node: (_, node) => {
      node.comment = null
      node.commentBefore = null
    },
  })
}

/** Targets of a group, through the groups that it names. */
function membersOf(document: Document, group: string): Set<string> {
  const members = (document.toJS() as { groups: Record<string, string[]> }).groups[group]
  if (members === undefined) return new Set([group])
  return new Set(members.flatMap(member => [...membersOf(document, member)]))
}

function keysOf(document: Document, key: string): string[] {
  const found = document.get(key)
  return isMap(found) ? found.items.map(({ key: name }) => String(name)) : []
}

/** Puts the world's files into the sources of a target. */
function publish(document: Document, target: string, world: World, mirrorUrl: string): Route[] {
  const sources = document.getIn(['targets', target, 'sources'])
  if (!isSeq<YAMLMap>(sources)) throw new Error(`the shipped datasets.yaml has no sources for ${target}`)
  const published = world.filter(publication => publication.target === target)
  const routes = sources.items.flatMap(source => {
    const publication = published.find(({ becomes }) => source.has(becomes))
    if (publication === undefined) throw new Error(`the world lacks a file for ${target}`)
    pin(source, publication)
    return addressesOf(source).map(scalar => lead(scalar, publication.file, mirrorUrl))
  })
  const expected = ['targets', target, 'expect', 'files']
  if (document.hasIn(expected))
    document.setIn(expected, sum(published.map(({ becomes, count }) => (becomes === 'unzip' ? count : 1))))
  return routes
}

function pin(source: YAMLMap, { bytes, sha256, becomes, count }: Publication): void {
  source.set('size', bytes)
  source.set('sha256', sha256)
  if (becomes === 'json') source.setIn(['json', 'records'], count)
}

/** The scalars that hold addresses: of `url`, and of each mirror. */
function addressesOf(source: YAMLMap): { value: string }[] {
  const mirrors = source.get('mirrors')
  return [source.get('url', true), ...(isSeq(mirrors) ? mirrors.items : [])]
    .filter(isScalar)
    .map(scalar => scalar as { value: string })
}

/** Turns an address of the real world into one of the mirror, and says what must be served there. */
function lead(scalar: { value: string }, file: string, mirrorUrl: string): Route {
  const address = parseAddress(scalar.value)
  if (typeof address === 'string') throw new Error(`${scalar.value} ${address}`)
  const path = pathOnMirror(address)
  if (address.scheme !== 'hf') scalar.value = mirrorUrl + path
  return { path, file, huggingFace: address.scheme === 'hf' }
}

function pathOnMirror(address: Address): string {
  switch (address.scheme) {
    case 'http':
      return `/${address.host}${new URL(address.url).pathname}`
    case 'hf':
      return `/${address.repository}/${address.name}/resolve/${address.revision}/${address.path}`
    case 'gdrive':
      return `/${address.host}/${address.id}.zip`
    case 'file':
      throw new Error('the shipped datasets.yaml names a file of this machine')
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0)
