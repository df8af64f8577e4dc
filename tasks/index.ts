/** The only list of task kinds: a new kind is one new file and one line here. */

import type { TaskKind } from '../lib/model/task.ts'
import { download } from './download.ts'
import { expect } from './expect.ts'
import { file } from './file.ts'
import { images } from './images.ts'
import { json } from './json.ts'
import { manual } from './manual.ts'
import { rename } from './rename.ts'
import { transform } from './transform.ts'
import { untar } from './untar.ts'
import { unzip } from './unzip.ts'
import { urls } from './urls.ts'

export const kinds: readonly TaskKind[] = [
  download,
  urls,
  manual,
  unzip,
  untar,
  json,
  transform,
  file,
  rename,
  expect,
  images,
]
