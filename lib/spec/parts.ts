/** Parts of an archive that a spec does not list as their names count them: in another order, twice, or not all. Pure. */

import { parseAddress } from '../model/address.ts'
import { writeOut } from '../model/address-ranges.ts'
import { seriesOf } from '../model/part-names.ts'
import type { DiagnosticDraft } from '../model/problem.ts'
import { below } from '../model/spec.ts'
import type { Page } from './page.ts'

/** `url`: as it is written; what is wrong in it by itself was told. */
export function checkParts(
  url: readonly (string | undefined)[] | undefined,
  pointer: string,
  page: Page,
): void {
  const listed = (url ?? []).flatMap((text, item) => namesOf(text).map(name => ({ name, item })))
  const names = listed.flatMap(({ name }) => name ?? [])
  if (names.length < 2 || names.length < listed.length) return
  const series = seriesOf(names)
  if (series === undefined) return
  const wrong = names.findIndex((name, i) => name !== series.inOrder[i])
  if (wrong < 0 && names.length === series.inOrder.length) return
  const { item = 0 } = listed[wrong] ?? {}
  const at = below(pointer, 'url')
  page.mistakeAt(describe(names, series), page.places[below(at, item)] ? below(at, item) : at)
}

/** File names of all addresses of an item; undefined where there is none to be read. */
function namesOf(text: string | undefined): readonly (string | undefined)[] {
  const written = text === undefined ? '' : writeOut(text)
  if (typeof written === 'string') return [undefined]
  return written.map(each => {
    const address = parseAddress(each)
    return typeof address === 'string' ? undefined : address.fileName
  })
}

function describe(
  names: readonly string[],
  series: NonNullable<ReturnType<typeof seriesOf>>,
): DiagnosticDraft {
  const { whole, inOrder } = series
  const listed = new Set(names)
  const missing = inOrder.filter(name => !listed.has(name))
  // Whatever comes again is not there any more.
  const twice = names.find(name => !listed.delete(name))
  return {
    code: 'bad-parts',
    message:
      missing.length > 0
        ? `Not all parts of ${whole} are listed: ${shortly(missing)} ${missing.length === 1 ? 'is' : 'are'} missing.`
        : twice === undefined
          ? `The parts of ${whole} are not listed in their order.`
          : `${twice}, a part of ${whole}, is listed twice.`,
    evidence: [
      { label: 'wanted', text: shortly(inOrder) },
      { label: 'found', text: shortly(names) },
    ],
    next: `list every part once, in this order: ${shortly(inOrder)}.`,
  }
}

/** As many as one can take in. */
const shortly = (names: readonly string[]): string =>
  names.length <= 6 ? names.join(', ') : `${names.slice(0, 4).join(', ')}, …, ${names.at(-1)}`
