/** The front door: hands the command line and the task kinds to lib/cli. No logic. */

import { main } from './lib/cli/main.ts'
import { kinds } from './tasks/index.ts'

process.exitCode = await main(process.argv.slice(2), kinds)
