/**
 * Asks hosts what they tell of a file without fetching it: its size, digest, ETag, and the commit behind a moving
 * revision. Addresses are tried in order. Knows no lock file.
 */

import { type Answer, type Ask, get, type Patience, patient } from '../../lib/io/http.ts'
import { parseAddress } from '../../lib/model/address.ts'
import type { Host } from '../../lib/model/host.ts'
import { asWritten, type Found, hasMovingRevision } from '../../lib/model/lock-file.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { Problem, withContext } from '../../lib/model/problem.ts'
import type { Inquiry } from '../../lib/model/task.ts'
import { isTransient, judgeRefusal } from './judge.ts'
import * as problems from './problems.ts'
import {
  backoffMs,
  isHtmlName,
  isHtmlType,
  longestWaitBesideOthersMs,
  mostTries,
  readContentRange,
  readLength,
} from './rules.ts'
import { type Source, sourcesOf, type WebSource } from './sources.ts'

const disk = 'Nothing was fetched; what the lock file says of it stays as it is.'

export async function inquire(
  params: DownloadParams,
  inquiry: Inquiry,
  patience: Patience = patient,
): Promise<Found> {
  const download = asWritten(params.download)
  const parts = download.url.map(part => ({ ...params, download: { ...download, url: [part] } }))
  if (parts.length === 1) return askInOrder({ ...params, download }, inquiry, patience)
  const found: Found[] = []
  for (const part of parts)
    found.push(await askInOrder({ ...part, download: { ...part.download, mirrors: [] } }, inquiry, patience))
  return joined(found)
}

/** The size alone, asked once; undefined where the host does not tell it. Throws `not-found` where it has no such file. */
export async function sizeAt(
  params: DownloadParams,
  source: WebSource,
  inquiry: Inquiry,
  patience: Patience,
): Promise<number | undefined> {
  const sizeBy = async (askIt: AskOnce): Promise<number | undefined> => {
    const outcome = await askIt(params, source, inquiry, patience)
    return outcome.state === 'told' ? outcome.found.size : undefined
  }
  try {
    return await sizeBy(ask).catch((error: unknown) => {
      // Some hosts know GET alone.
      if (isNotFound(error)) return sizeBy(askByGet)
      throw error
    })
  } catch (error) {
    if (error instanceof Problem && !isNotFound(error)) return undefined
    throw error
  }
}

const isNotFound = (error: unknown): boolean => error instanceof Problem && error.code === 'not-found'

/** A file in parts has the size of all of them; no digest of its parts is one of the whole. */
function joined(parts: readonly Found[]): Found {
  const size = parts.reduce<number | undefined>(
    (sum, part) => (sum === undefined || part.size === undefined ? undefined : sum + part.size),
    0,
  )
  return { from: parts[0]?.from ?? '', ...(size !== undefined && { size }) }
}

async function askInOrder(params: DownloadParams, inquiry: Inquiry, patience: Patience): Promise<Found> {
  const failures: { source: Source; problem: Problem }[] = []
  const sources = sourcesOf(params, process.env).filter(source => source.form === 'web')
  for (const source of sources) {
    try {
      return await askAgain(params, source, inquiry, patience)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const problem = withContext(error, { disk })
      failures.push({ source, problem })
      if (sources.length === 1) throw problem
      for (const diagnostic of problem.diagnostics) inquiry.tell({ ...diagnostic, severity: 'warning' })
    }
  }
  const [all] = problems.allSourcesFailed(params, failures).diagnostics
  throw all ? new Problem({ ...all, disk }) : new Error('a problem without a diagnostic')
}

async function askAgain(
  params: DownloadParams,
  source: WebSource,
  inquiry: Inquiry,
  patience: Patience,
): Promise<Found> {
  for (let failures = 1; ; failures += 1) {
    const outcome = await ask(params, source, inquiry, patience)
    if (outcome.state === 'told') return outcome.found
    if (failures === mostTries) throw problems.tried(outcome.problem, mostTries)
    const { problem, pauseMs } = outcome
    if (pauseMs !== undefined && pauseMs > longestWaitBesideOthersMs)
      throw problems.asksToWait(problem, pauseMs)
    await inquiry.pause(pauseMs ?? backoffMs(failures, Math.random()))
  }
}

type Outcome =
  | { readonly state: 'told'; readonly found: Found }
  | { readonly state: 'try-again'; readonly problem: Problem; readonly pauseMs?: number | undefined }

type AskOnce = (
  params: DownloadParams,
  source: WebSource,
  inquiry: Inquiry,
  patience: Patience,
) => Promise<Outcome>

const asking =
  (answerOf: (source: WebSource, inquiry: Inquiry, patience: Patience) => Promise<Answer>): AskOnce =>
  (params, source, inquiry, patience) =>
    inquiry.host(source.hostname).connect(async () => {
      try {
        const answer = await answerOf(source, inquiry, patience)
        return judge(params, source, answer, inquiry.host(source.hostname))
      } catch (error) {
        if (!isTransient(error)) throw error
        return { state: 'try-again', problem: error }
      }
    })

const askByGet: AskOnce = asking((...asked) => request('GET', ...asked))

const ask: AskOnce = asking(async (...asked) => {
  const head = await askHead(...asked)
  const isMute = !head || refusesHead.has(head.status) || (head.status === 200 && sizeOf(head) === undefined)
  return isMute ? request('GET', ...asked) : head
})

/** Signed addresses are often signed for GET alone. */
const refusesHead: ReadonlySet<number> = new Set([403, 405, 501])

/** Undefined where the host leaves the question open: some answer GET alone, and let everything else hang. */
async function askHead(source: WebSource, inquiry: Inquiry, patience: Patience): Promise<Answer | undefined> {
  const firstByteMs = Math.min(patience.firstByteMs, headMs)
  try {
    return await request('HEAD', source, inquiry, { ...patience, firstByteMs })
  } catch (error) {
    if (error instanceof Problem && error.code === 'stalled') return undefined
    throw error
  }
}

const headMs = 10_000

/** The head of an answer; of a GET one byte is asked for, and none is read. */
async function request(
  method: 'HEAD' | 'GET',
  source: WebSource,
  inquiry: Inquiry,
  patience: Patience,
): Promise<Answer> {
  const { signal, headersOf, requested } = inquiry
  const ask = (asked: Pick<Ask, 'url' | 'method' | 'to'>): Promise<Answer> =>
    get(
      {
        ...asked,
        isNamed: asked.url === source.url,
        ...(source.authorization !== undefined && { authorization: source.authorization }),
        from: 0,
        signal,
        headersOf,
        onRequest: requested,
      },
      patience,
    )
  const url = (await source.resolve?.(way => ask({ url: way }))) ?? source.url
  const answer = await ask({ url, method, ...(method === 'GET' && { to: 1 }) })
  answer.close()
  return answer
}

function judge(params: DownloadParams, source: WebSource, answer: Answer, host: Host): Outcome {
  const { status, headers } = answer
  // A file without a byte has no first one.
  const isEmpty = status === 416 && headers['content-range']?.endsWith('/0') === true
  if (status === 200 || status === 206 || isEmpty || hasToldAll(answer)) {
    if (!isHtmlName(params.fileName) && isHtmlType(headers['content-type']))
      throw problems.htmlInstead(params, source, undefined)
    return { state: 'told', found: foundIn(answer, source, params) }
  }
  const refusal = judgeRefusal(answer, { params, source })
  if (refusal.is === 'refused') throw refusal.problem
  const { problem, pauseMs, crowded } = refusal
  // It holds for whoever wants something from this host.
  if (pauseMs !== undefined) host.rest(Math.min(pauseMs, longestWaitBesideOthersMs))
  if (crowded) host.crowded()
  return { state: 'try-again', problem, pauseMs }
}

const hasToldAll = ({ linked }: Answer): boolean => linked.sha256 !== undefined && linked.size !== undefined

function foundIn(answer: Answer, source: WebSource, params: DownloadParams): Found {
  const { sha256, commit } = answer.linked
  const size = sizeOf(answer)
  const { etag, 'last-modified': modified } = answer.headers
  const strong = sha256 === undefined && etag?.startsWith('W/') === false ? etag : undefined
  const address = parseAddress(params.download.url[0] ?? '')
  const isMoving = source.key === 'url' && typeof address !== 'string' && hasMovingRevision(address)
  return {
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
    ...(isMoving && commit !== undefined && { revision: commit }),
    ...(strong !== undefined && { etag: strong }),
    ...(sha256 === undefined && strong === undefined && modified !== undefined && { modified }),
    from: source.host,
  }
}

const sizeOf = ({ status, headers, linked }: Answer): number | undefined =>
  linked.size ??
  (status === 200
    ? readLength(headers)
    : (readContentRange(headers['content-range'])?.total ?? (status === 416 ? 0 : undefined)))
