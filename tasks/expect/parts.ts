/** What a target is made of, as its expectations see it: artifacts and manifests. */

import type { Input, Workbench } from '../../lib/model/task.ts'

export type Part = Pick<Input, 'artifact' | 'path' | 'manifest' | 'remarks'>

/** Who may stop the work, wants to know how far it is, and where the whole list of what is wrong can be left. */
export type Watch = Pick<Workbench, 'signal'> & Partial<Pick<Workbench, 'progress' | 'shelf'>>

/** Below the root. */
export const pathOf = ({ artifact, manifest }: Part, i: number): string =>
  artifact.form === 'file' ? artifact.at : `${artifact.at}/${manifest.path(i)}`

/** Two sources may give one file: it counts once. */
export function distinctFiles(parts: readonly Part[]): number {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only.manifest.count
  const paths = new Set<string>()
  for (const part of parts) for (let i = 0; i < part.manifest.count; i += 1) paths.add(pathOf(part, i))
  return paths.size
}
