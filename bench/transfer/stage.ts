/** Sets up what all contestants share: published files, servers, and a folder for what they write. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { publishFile, publishPictures } from './content.ts'
import type { Errand } from './contestants.ts'
import { startNginx, startThrottling } from './hosts.ts'
import type { rates, Scenario } from './scenarios.ts'

export interface Amounts {
  /** Bytes of the large file. */
  readonly file: number
  readonly pictures: number
}

export interface Stage {
  errand(scenario: Scenario): Promise<Errand>
  /** Bytes a second that the throttling server gives to one connection when it does not throttle. */
  served(): Promise<number>
  close(): Promise<void>
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

export async function setStage(folder: string, amounts: Amounts, limits: typeof rates): Promise<Stage> {
  const published = join(folder, 'published')
  mkdirSync(published)
  const whole = publishFile(published, 'whole', bytesOf('file', amounts))
  const half = publishFile(published, 'half', bytesOf('half', amounts))
  const nginx = await startNginx(folder, published)
  const throttling = await startThrottling(published, limits)
  return {
    async errand({ name, server, content }) {
      const goal = join(folder, name)
      if (content === 'list') {
        const urls = (await publishPictures(published, amounts.pictures)).map(path => `${nginx.url}/${path}`)
        const path = join(folder, 'addresses.txt')
        writeFileSync(path, `${urls.join('\n')}\n`)
        return { url: '', sha256: '', path, folder: goal }
      }
      const file = content === 'file' ? whole : half
      const host = server === 'nginx' ? nginx.url : throttling[server]
      return { url: `${host}/${file.name}`, sha256: file.sha256, path: file.path, folder: goal }
    },
    async served() {
      const url = `${throttling.free}/${whole.name}`
      const { stdout } = await execa('curl', ['-s', '-o', '/dev/null', '-w', '%{speed_download}', url])
      return Number(stdout)
    },
    async close() {
      await Promise.all([nginx.close(), throttling.close()])
    },
  }
}
