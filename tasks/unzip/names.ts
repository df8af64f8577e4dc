/** Whether a path can be a file below a target: what leads elsewhere, what no disk takes. Pure; knows no archive. */

import type { Code } from '../../lib/model/codes.ts'
import { formatCount } from '../../lib/model/units.ts'

const hostile = ['entry-outside', 'entry-absolute', 'entry-drive', 'entry-backslash'] as const

/** What is wrong with a name. */
export type NameCode = Extract<
  Code,
  | (typeof hostile)[number]
  | 'entry-control-character'
  | 'entry-too-long'
  | 'entry-not-utf8'
  | 'entry-bad-name'
>

export interface NameFlaw<C extends Code = NameCode> {
  readonly code: C
  /** Behind the path. */
  readonly why: string
}

/** Of an archive that holds such a name nothing is to be trusted. */
export const isHostile = (code: Code): boolean => (hostile as readonly Code[]).includes(code)

/** What is hostile about a path, if anything. */
export function leavesItsFolder(path: string): NameFlaw<(typeof hostile)[number]> | undefined {
  if (path.startsWith('/')) return { code: 'entry-absolute', why: 'is an absolute path' }
  if (/^[a-zA-Z]:/.test(path)) return { code: 'entry-drive', why: 'begins with a drive' }
  if (path.includes('..') && path.split(/[/\\]/).includes('..'))
    return { code: 'entry-outside', why: 'leaves its folder with ..' }
  if (path.includes('\\'))
    return { code: 'entry-backslash', why: 'has a backslash, which some systems take for /' }
  return undefined
}

const nameBytesAtMost = 255
const pathBytesAtMost = 1024

export const notUtf8: NameFlaw = { code: 'entry-not-utf8', why: 'is not valid UTF-8' }

const bad = (why: string): NameFlaw => ({ code: 'entry-bad-name', why })
const tooLong = (why: string): NameFlaw => ({ code: 'entry-too-long', why })
const isTooLong = (text: string, bytesAtMost: number): boolean =>
  text.length > bytesAtMost / 4 && Buffer.byteLength(text) > bytesAtMost

/** Why no file can have this path, if so. */
export function flawOfPath(path: string): NameFlaw | undefined {
  if (path.includes('\0')) return { code: 'entry-control-character', why: 'has a NUL in it' }
  if (/\p{Cc}/u.test(path)) return { code: 'entry-control-character', why: 'has a control character' }
  const names = path.split('/')
  if (names.includes(''))
    return bad(path.endsWith('/') ? 'is a folder that holds bytes' : 'has an empty name in it')
  if (names.includes('.')) return bad('has . in it')
  if (path.length > nameBytesAtMost / 4 && names.some(name => isTooLong(name, nameBytesAtMost)))
    return tooLong(`has a name longer than ${nameBytesAtMost} bytes in it`)
  if (isTooLong(path, pathBytesAtMost)) return tooLong(`is longer than ${formatCount(pathBytesAtMost)} bytes`)
  return undefined
}

/** With any ending, and with spaces before it: Windows takes `nul .txt` for the device, too. */
const device = /(?:^|\/)(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$) *(?:\.[^/]*)?(?:\/|$)/i

/** Why an archive's file cannot have this path, on whatever disk it may come to lie; `isUtf8`: as it is written there. */
export function flawOfName(
  path: string,
  isUtf8 = true,
): NameFlaw<NameCode | 'entry-device-name'> | undefined {
  const flaw = isUtf8 ? flawOfPath(path) : notUtf8
  if (flaw !== undefined) return flaw
  const name = device.exec(path)?.[1]?.toUpperCase()
  return name === undefined
    ? undefined
    : { code: 'entry-device-name', why: `is the device ${name} on Windows` }
}
