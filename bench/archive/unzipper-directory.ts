/** A process of its own: reads the directory of a zip with unzipper alone, and tells its seconds. */

import { Open } from 'unzipper'
import { clocked } from '../clock.ts'

const [path = ''] = process.argv.slice(2)

await clocked(() => Open.file(path))
