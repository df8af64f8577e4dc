/** All that a user reads of one download, of whatever comes of it. */

import { afterEach, vi } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import { withContext } from '../../lib/model/problem.ts'
import type { Download } from '../../lib/model/spec.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { drawDiagnostic } from '../../lib/report/draw.ts'
import { addressAt, content, type Fetched, fetched, fileName, mirrorOf, paramsOf } from './rig.ts'

export const body = content(20_300)
const path = '/datasets/owner/name/resolve/main/images.zip'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Of one address that does this. */
export const refused = async (
  does: Behaviour,
  download: Partial<Download> = {},
  bench: Partial<Workbench> = {},
): Promise<string> => {
  const mirror = await mirrorOf()
  mirror.serve(`/${fileName}`, body, does)
  return told(await fetched(paramsOf(addressAt(mirror), download), bench), mirror)
}

/** Of the hub, with a token or without. */
export const refusedByHub = async (does: Behaviour, token: string, download = {}): Promise<string> => {
  const mirror = await mirrorOf()
  mirror.serve(path, body, does)
  vi.stubEnv('HF_ENDPOINT', mirror.url)
  vi.stubEnv('HF_TOKEN', token)
  return told(await fetched(paramsOf('hf://datasets/owner/name@main/images.zip', download)), mirror)
}

export const unasked = async (
  url: string | readonly string[],
  download: Partial<Download> = {},
  bench: Partial<Workbench> = {},
): Promise<string> => told(await fetched(paramsOf(url, download), bench))

export const draw = (diagnostics: readonly Diagnostic[]): string =>
  `${diagnostics.map(diagnostic => drawDiagnostic(diagnostic)).join('\n\n')}\n`

/** All that is said, as the run says it: of a task. The ports of the mirrors are others each time. */
export function told(
  { bench, problem }: Fetched,
  ...mirrors: readonly { readonly url: string; readonly name?: string }[]
): string {
  const subject = 'gqa/images: download'
  const said = [
    ...bench.told.map(diagnostic => ({ subject, ...diagnostic })),
    ...(problem ? withContext(problem, { subject }).diagnostics : []),
  ]
  const names = ['data.example', 'mirror.example', 'third.example']
  const text = mirrors.reduce(
    (json, { url, name }, i) => json.replaceAll(new URL(url).host, name ?? names[i] ?? ''),
    JSON.stringify(said),
  )
  return draw(JSON.parse(text) as Diagnostic[])
}
