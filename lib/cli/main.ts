/** argv → a verb → an exit code. Loads only the verb that is asked for. */

import { errorCode } from '../io/disk.ts'
import { Problem } from '../model/problem.ts'
import type { TaskKind } from '../model/task.ts'
import { parseCommand, type Verb } from './arguments.ts'
import { Console } from './console.ts'
import type { Desk } from './desk.ts'
import { exitCodeOf } from './exit.ts'

/** Never throws: what is expected is told with its code, what is not is told as a bug. */
export async function main(argv: readonly string[], kinds: readonly TaskKind[]): Promise<number> {
  outliveReaders()
  let console = new Console({ json: argv.includes('--json'), quiet: false })
  try {
    const command = parseCommand(argv)
    if (command.options.help) return (await import('./help.ts')).help(command.verb)
    console = new Console(command.options)
    return await perform(command.verb, { command, kinds, console })
  } catch (error) {
    const { asRecorded, problemOf } = await import('../run/failure.ts')
    const problem = problemOf(error, { disk: asRecorded })
    console.problem(problem)
    return console.summary({ exitCode: exitCodeOf(problem.code) })
  }
}

/** `npx tsx build | head`: when nobody reads any more, the work goes on all the same. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', error => {
      if (errorCode(error) !== 'EPIPE') throw error
    })
}

async function perform(verb: Verb, desk: Desk): Promise<number> {
  switch (verb) {
    case 'overview':
      return (await import('./overview.ts')).overview(desk)
    case 'build':
      return (await import('./build.ts')).build(desk)
    case 'status':
      return (await import('./status.ts')).status(desk)
    case 'why':
      return (await import('./why.ts')).why(desk)
    case 'verify':
      return (await import('./verify.ts')).verify(desk)
    case 'graph':
      return (await import('./graph.ts')).graph(desk)
    case 'clean':
      return (await import('./clean.ts')).clean(desk)
    case 'schema':
      return (await import('./schema.ts')).schema(desk)
    case 'lock':
      return (await import('./lock.ts')).lock(desk)
    case 'adopt':
      return (await import('./adopt.ts')).adopt(desk)
    case 'accept':
      return (await import('./accept.ts')).accept(desk)
    case 'prune':
      return (await import('./prune.ts')).prune(desk)
    case 'export':
      return (await import('./export.ts')).exportBuilt(desk)
    case 'stats':
      return (await import('./stats.ts')).stats(desk)
    case 'report':
      throw new Problem({
        code: 'not-yet',
        message: `\`build ${verb}\` cannot be used yet.`,
        disk: 'Nothing was changed.',
        next: 'run `npx tsx build --help` for what can.',
      })
  }
}
