/** Whose the data are and under which terms, as far as the spec says it. Pure. */

import { redact } from '../../model/redact.ts'
import type { Target } from '../../model/spec.ts'

/** Identifiers of https://spdx.org/licenses that specs are likely to name; those of Creative Commons follow a pattern. */
const spdx: ReadonlySet<string> = new Set([
  'AFL-3.0',
  'AGPL-3.0',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CDLA-Permissive-1.0',
  'CDLA-Permissive-2.0',
  'CDLA-Sharing-1.0',
  'GPL-2.0',
  'GPL-3.0',
  'LGPL-3.0',
  'MIT',
  'MPL-2.0',
  'ODbL-1.0',
  'ODC-By-1.0',
  'PDDL-1.0',
  'Unlicense',
])
const creativeCommons = /^CC[ -]?(BY(?:-(?:NC|SA|ND)){0,2}|0)[ -](\d\.\d)$/i

/** An address where the licence is known, else its name; where nobody names one, the word that SPDX has for that. */
export function licensesOf(targets: readonly Target[]): readonly (string | object)[] {
  const written = new Set(targets.flatMap(({ license }) => (license === undefined ? [] : [redact(license)])))
  return written.size === 0 ? [named('NOASSERTION')] : Array.from(written, licenseOf)
}

function licenseOf(written: string): string | object {
  if (/^https?:/i.test(written)) return written
  const [, terms, version] = creativeCommons.exec(written) ?? []
  if (terms !== undefined)
    return `https://spdx.org/licenses/CC${terms === '0' ? '0' : `-${terms.toUpperCase()}`}-${version}`
  return spdx.has(written) ? `https://spdx.org/licenses/${written}` : named(written)
}

const named = (name: string): object => ({ '@type': 'sc:CreativeWork', name })

/** Hosts of many owners: there the owner is told by the path. */
const shared: ReadonlySet<string> = new Set(['huggingface.co', 'github.com'])

/** Who is behind pages, by the pages' hosts: the spec tells no more of them. */
export function creatorsOf(pages: readonly string[]): readonly object[] {
  const creators = new Map<string, object>()
  for (const url of pages) {
    if (!/^https?:/i.test(url) || !URL.canParse(url)) continue
    const { hostname, pathname, origin } = new URL(url)
    const host = hostname.replace(/^www\./, '')
    const folders = pathname.split('/').filter(name => name !== '' && !/^(datasets|spaces)$/.test(name))
    const owner = shared.has(host) ? folders[0] : undefined
    const name = owner === undefined ? host : `${host}/${owner}`
    if (creators.has(name)) continue
    creators.set(name, {
      '@type': 'sc:Organization',
      name,
      url: owner === undefined ? origin : `${origin}/${owner}`,
    })
  }
  return [...creators.values()]
}
