/** Which of the peers are on this machine, and how the others get there. */

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const packages: Readonly<Record<string, string>> = {
  '7z': 'p7zip-full',
  aria2c: 'aria2',
  bsdtar: 'libarchive-tools',
  cc: 'gcc libc6-dev',
  doit: 'python3-doit',
  find: 'findutils',
  ninja: 'ninja-build',
  sha256sum: 'coreutils',
  sync: 'coreutils',
  xargs: 'findutils',
}

export const isThere = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some(folder => existsSync(join(folder, program)))

/** The ones that can run; says what the others lack. */
export function present<E extends { readonly name: string; readonly needs: readonly string[] }>(
  entrants: readonly E[],
): readonly E[] {
  return entrants.filter(({ name, needs }) => {
    const missing = needs.filter(program => !isThere(program))
    if (missing.length > 0) console.log(`  ${name}: skipped, ${howToGet(missing)}`)
    return missing.length === 0
  })
}

export const howToGet = (programs: readonly string[]): string =>
  `apt-get install ${[...new Set(programs.map(program => packages[program] ?? program))].join(' ')}`
