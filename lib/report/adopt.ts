/** What was taken over, in words. Pure. */

import { fewOf } from '../model/few.ts'
import { type LinkMode, linkWords } from '../model/link-mode.ts'
import { formatBytes, formatCount, plural } from '../model/units.ts'
import type { Account } from '../run/adopt/account.ts'
import type { Proof } from '../run/adopt/wanted.ts'

export interface AdoptedPage extends Account {
  /** Files by the way in which they were taken; undefined where nothing was changed. */
  readonly put: ReadonlyMap<LinkMode, number> | undefined
}

const proofWords: Readonly<Record<Proof['form'], string>> = {
  record: 'by the record of a playground',
  directory: "by CRC-32 against the archive's directory",
  pin: 'by the pinned SHA-256',
  count: 'by their number only',
}

export function adoptedPage(page: AdoptedPage): string {
  const { target, missing, different, extra, put, left } = page
  const isOpen = missing.files + different.files + left.length > 0
  // Of a target that is whole without them no file was looked for among them.
  const others = isOpen || !isNothingFromThere(page) ? named(extra, 'left where they are') : ''
  const rows = [
    ['checked', checked(page)],
    ['missing', named(missing)],
    ['different', named(different, 'not taken')],
    ['extra', others],
    ['not proven', left.length === 0 ? '' : `${left.join(', ')}: left to a build`],
  ].flatMap(([label = '', text = '']) => (text === '' ? [] : [`  ${label.padEnd(10)}  ${text}`]))
  const next = isOpen && put !== undefined ? [`Next: npx tsx build ${target} fetches the rest.`] : []
  return `${target}: ${[headOf(page, isOpen), ...rows, ...next].join('\n')}\n`
}

/** All that is right lies in the target itself. */
const isNothingFromThere = ({ from, adopted, inPlace }: AdoptedPage): boolean =>
  from !== undefined && inPlace === adopted.files

function headOf(page: AdoptedPage, isOpen: boolean): string {
  const { adopted, missing, different, put, from } = page
  const would = put === undefined ? 'would be ' : ''
  const all = plural(adopted.files + missing.files + different.files, 'file')
  const bytes = formatBytes(adopted.bytes)
  const some = `${formatCount(adopted.files)} of ${all} (${bytes})`
  if (!isNothingFromThere(page)) return `${some} ${would}taken over${ways(page)}.`
  const nothing = `nothing ${would || 'was '}taken over from ${from}`
  return isOpen ? `${nothing}; ${some} in place.` : `whole already, ${all} (${bytes}) in place; ${nothing}.`
}

function ways({ put, inPlace, from }: AdoptedPage): string {
  const counts = [...(put ?? [])].map(([mode, files]) => `${plural(files, 'file')} by ${linkWords[mode]}`)
  const parts = [...counts, ...(inPlace > 0 ? [`${plural(inPlace, 'file')} in place`] : [])]
  const where = from === undefined ? '' : ` from ${from}`
  return parts.length === 0 ? where : `${where}: ${parts.join(', ')}`
}

function checked({ proofs, read, believed }: AdoptedPage): string {
  const how = proofs.map(proof => proofWords[proof]).join(', ')
  const deeds = [
    read.files > 0 ? `${plural(read.files, 'file')} (${formatBytes(read.bytes)}) read` : '',
    believed > 0 ? `${plural(believed, 'file')} as recorded, not read` : '',
  ].filter(text => text !== '')
  return `${how}; ${deeds.join(', ')}`
}

function named({ files, bytes, paths }: Partial<Account['missing']> & Account['extra'], also = ''): string {
  if (files === 0) return ''
  const size = bytes === undefined ? '' : ` (${formatBytes(bytes)})`
  return `${plural(files, 'file')}${size}${also === '' ? '' : `, ${also}`}: ${fewOf(paths, paths.length, files)}`
}
