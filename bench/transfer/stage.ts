/** Sets up what all contestants share: published files, servers, and a folder for what they write. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Errand } from '../entrants.ts'
import { withHosts } from '../hosts.ts'
import { publishFile, publishPictures } from './content.ts'
import { lines, type Scenario } from './scenarios.ts'

export interface Amounts {
  /** Bytes of the large file. */
  readonly file: number
  readonly pictures: number
}

export interface Stage {
  errand(scenario: Scenario): Promise<Errand>
  sayServed(): Promise<void>
}

/** A generous guess for a small picture on disk. */
const pictureBytes = 12_000

export function bytesOf(content: Scenario['content'], { file, pictures }: Amounts): number {
  switch (content) {
    case 'file':
      return file
    case 'half':
      return Math.round(file / 2)
    case 'list':
      return pictures * pictureBytes
  }
}

export async function withStage(
  folder: string,
  amounts: Amounts,
  use: (stage: Stage) => Promise<void>,
): Promise<void> {
  const published = join(folder, 'published')
  mkdirSync(published)
  const whole = publishFile(published, 'whole', bytesOf('file', amounts))
  const half = publishFile(published, 'half', bytesOf('half', amounts))
  await withHosts(folder, published, lines, ({ at, sayServed }) =>
    use({
      async errand({ name, server, content }) {
        const goal = join(folder, name)
        if (content === 'list') {
          const urls = (await publishPictures(published, amounts.pictures)).map(path => `${at.nginx}/${path}`)
          const path = join(folder, 'addresses.txt')
          writeFileSync(path, `${urls.join('\n')}\n`)
          return { url: '', sha256: '', path, folder: goal }
        }
        const file = content === 'file' ? whole : half
        return { url: `${at[server]}/${file.name}`, sha256: file.sha256, path: file.path, folder: goal }
      },
      sayServed: () => sayServed(whole.name),
    }),
  )
}
