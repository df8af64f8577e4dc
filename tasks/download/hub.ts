/**
 * The hub of Hugging Face as its own command line finds it: endpoint and token, from the environment and from the file
 * that `hf auth login` writes. Knows no request.
 */

import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Address, hubPath } from '../../lib/model/address.ts'
import { endpointOf } from './endpoint.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface HubToken {
  readonly token: string
  /** For messages: `HF_TOKEN`, `~/.cache/huggingface/token`. */
  readonly from: string
}

export function hubUrl(address: Address & { scheme: 'hf' }, environment: Environment): URL {
  const endpoint = endpointOf('HF_ENDPOINT', environment, 'https://huggingface.co')
  return new URL(`${endpoint}/${hubPath(address)}`)
}

/** The first that there is; none where `HF_HUB_DISABLE_IMPLICIT_TOKEN` forbids to send one unasked. */
export function hubToken(environment: Environment): HubToken | undefined {
  if (isImplicitOff(environment)) return undefined
  for (const from of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']) {
    const token = environment[from]?.trim()
    if (token) return { token, from }
  }
  const path = tokenFile(environment)
  const token = textOf(path).trim()
  return token === '' ? undefined : { token, from: shownPath(path) }
}

export const isImplicitOff = (environment: Environment): boolean =>
  /^(1|on|yes|true)$/i.test(environment['HF_HUB_DISABLE_IMPLICIT_TOKEN'] ?? '')

function tokenFile(environment: Environment): string {
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const home = environment['HF_HOME'] || join(cache, 'huggingface')
  return fromHome(environment['HF_TOKEN_PATH'] || join(home, 'token'))
}

const fromHome = (path: string): string => path.replace(/^~(?=\/|$)/, homedir)

const shownPath = (path: string): string =>
  path.startsWith(`${homedir()}/`) ? `~${path.slice(homedir().length)}` : path

/** Without the file there is no token; why it cannot be read is nobody's business here. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
