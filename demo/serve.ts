/**
 * `npm run demo:serve`: leaves the mirror of the small world running, and says what to type in another window.
 * Everything lies in `demo-world/` and stays there, to be looked at and broken.
 */

import { once } from 'node:events'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setUp } from './setup.ts'
import { addedLater } from './world.ts'

const { mirror, specFile, playground, longerSpec } = await setUp(
  fileURLToPath(new URL('../demo-world', import.meta.url)),
)
const spec = relative('.', specFile)

process.stdout.write(`A small world is published at ${mirror.url} until Ctrl-C.

In another window:

  export HF_ENDPOINT=${mirror.url}
  npx tsx build --spec ${spec}
  npx tsx build playground --spec ${spec} --dry-run
  npx tsx build playground --spec ${spec}

Then damage it, and build again:

  rm ${relative('.', playground)}/gqa/images/23*1*.jpg
  npx tsx build why gqa --spec ${spec}
  npx tsx build playground --spec ${spec}

Or add a dataset: ${addedLater} into the group \`playground\`, and at the end of the file

${longerSpec.slice(longerSpec.indexOf(`  ${addedLater}:`))}
`)

await once(process, 'SIGINT')
await mirror.close()
process.stdout.write('\nThe mirror is closed.\n')
