/**
 * The logins of `~/.netrc`, or of the file that `NETRC` names: who we are at a host that nothing else tells. Read once,
 * when a host is first asked. As curl and Python's requests do, a missing or unreadable file is no mistake, unless
 * `NETRC` asks for it by name; what cannot be understood in it is passed over.
 */

import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Problem } from '../../model/problem.ts'
import { errorCode } from '../disk.ts'

interface Login {
  readonly login: string
  readonly password: string
}

interface Netrc {
  readonly machines: ReadonlyMap<string, Login>
  /** For every host that has no entry of its own. */
  readonly others: Login | undefined
}

const files = new Map<string, Netrc>()

/**
 * The `Authorization` header for a host, if netrc has one. The entry `default` counts only for a host that the spec
 * itself names: one that a redirect leads to is not meant by it, and often refuses a second permission beside its own.
 */
export function netrcAuthorization(
  host: string,
  { isNamed }: { readonly isNamed: boolean },
): string | undefined {
  const { machines, others } = netrc()
  const found = machines.get(host.toLowerCase()) ?? (isNamed ? others : undefined)
  return found && `Basic ${Buffer.from(`${found.login}:${found.password}`).toString('base64')}`
}

function netrc(): Netrc {
  const named = process.env['NETRC']
  const path = named || join(homedir(), '.netrc')
  const known = files.get(path) ?? parseNetrc(textOf(path, Boolean(named)))
  files.set(path, known)
  return known
}

function textOf(path: string, isNamed: boolean): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!isNamed) return ''
    throw new Problem({
      code: 'file-not-found',
      message: 'The file that the environment variable NETRC names cannot be read.',
      evidence: [
        { label: 'wanted', text: path },
        { label: 'found', text: errorCode(error) ?? String(error) },
      ],
      next: 'correct the variable, or unset it: ~/.netrc is read then.',
    })
  }
}

/** The first entry of a host counts, as everywhere; one without a password is none. */
export function parseNetrc(text: string): Netrc {
  const machines = new Map<string, Login>()
  let others: Login | undefined
  let open: { host: string | undefined; login: string; password: string | undefined } | undefined
  const close = (): void => {
    if (open?.password === undefined) return
    const { host, login, password } = open
    if (host === undefined) others ??= { login, password }
    else if (!machines.has(host)) machines.set(host, { login, password })
  }
  const words = new Words(text)
  for (let word = words.next(); word !== undefined; word = words.next()) {
    if (word.startsWith('#')) words.skipLine()
    else if (word === 'macdef') words.skipMacro()
    else if (word === 'machine' || word === 'default') {
      close()
      open = {
        host: word === 'machine' ? words.next()?.toLowerCase() : undefined,
        login: '',
        password: undefined,
      }
    } else if (word === 'login' && open) open.login = words.next() ?? ''
    else if (word === 'password' && open) open.password = words.next()
    else if (word === 'account') words.next()
  }
  close()
  return { machines, others }
}

/** Words between white space; `"…"` is one word, with `\"`, `\\`, `\n`, `\r` and `\t` in it. */
class Words {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  next(): string | undefined {
    const pattern = /\s*(?:"((?:[^"\\]|\\[^])*)"?|(\S+))/y
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (!match) return undefined
    this.#at = pattern.lastIndex
    const [, quoted, bare] = match
    return bare ?? quoted?.replace(/\\([^])/g, (_, letter: string) => escapes[letter] ?? letter)
  }

  skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end
  }

  /** A macro ends at an empty line. */
  skipMacro(): void {
    const end = /\r?\n[ \t]*\r?\n/g
    end.lastIndex = this.#at
    this.#at = end.exec(this.#text) ? end.lastIndex : this.#text.length
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }
