/** `build export [TARGET…]`: what was built, for other tools, from receipts and manifests alone. Reads no file of the playground. */

import { resolve } from 'node:path'
import type { Known } from '../knowledge.ts'
import { fewRows } from '../model/few.ts'
import type { PlacedFiles } from '../model/file-list.ts'
import { type DiagnosticDraft, Problem } from '../model/problem.ts'
import type { TaskId } from '../model/task.ts'
import { formatBytes, plural } from '../model/units.ts'
import { type ExportFormat, exportFormats, usage } from './arguments.ts'
import { lastingFiles } from './built.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { whileLooking } from './interrupt.ts'
import type { Playground } from './playground.ts'
import { statesOf, type TargetState } from './states.ts'
import { lookOnly } from './survey-plan.ts'

export async function exportBuilt(desk: Desk): Promise<number> {
  const { command, console } = desk
  const { output, exportFormat: format } = command.options
  if (format === undefined) throw usage(`\`export\` wants --format: one of ${exportFormats.join(', ')}`)
  refuseStdout(desk, format)
  const { playground, known, plan } = await whileLooking(signal => lookOnly(desk, signal, { asMade: true }))
  const states = statesOf(plan, known)
  const fresh = states.filter(({ state }) => state === 'fresh').map(({ target }) => target)
  const left = states.filter(({ state }) => state !== 'fresh')
  const told = leftOut(left, fresh.length === 0)
  if (fresh.length === 0) throw new Problem(told)
  if (left.length > 0) console.problem(new Problem({ severity: 'warning', ...told }))
  const files = lastingFiles(playground.graph, known, new Set(fresh))
  const what: Exported = { format, files, playground, known, fresh, names: command.names }
  const path = output === undefined ? undefined : resolve(output)
  await write(what, path)
  if (path !== undefined) {
    const sum = sumOf(files)
    console.result(
      `Wrote ${output}: ${plural(sum.files, 'file')} (${formatBytes(sum.bytes)}) of ${plural(fresh.length, 'target')}, as ${format}.\n`,
    )
    console.object({ event: 'export', format, output, targets: fresh, ...sum })
  }
  return console.summary({ exitCode: exitCodes.done })
}

interface Exported {
  readonly format: ExportFormat
  readonly files: readonly PlacedFiles[]
  readonly playground: Playground
  readonly known: Known
  readonly fresh: readonly string[]
  readonly names: readonly string[]
}

/** With `--json` stdout tells events, and Parquet is no text. */
function refuseStdout({ command, console }: Desk, format: ExportFormat): void {
  if (command.options.output !== undefined) return
  const next = 'name a file with --output FILE.'
  if (format === 'parquet') throw usage('parquet is written to a file, not to stdout', next)
  if (console.json) throw usage('with --json, stdout is for events; the export needs a file', next)
}

async function write(
  { format, files, playground, known, fresh, names }: Exported,
  path: string | undefined,
): Promise<void> {
  const { writeText, writeIndexFile } = await import('./export-output.ts')
  switch (format) {
    case 'croissant': {
      const { croissantText } = await import('../report/croissant.ts')
      const { spec, graph, root } = playground
      const recorded = {
        root,
        graph,
        receiptOf: (id: TaskId) => known.receiptOf(id),
        manifestOf: (id: TaskId) => known.manifestOf(id),
      }
      return writeText([croissantText({ spec, names, targets: fresh, ...recorded })], path)
    }
    case 'sha256sum':
      return writeText((await import('../report/file-lines.ts')).sha256sumLines(files), path)
    case 'jsonl':
      return writeText((await import('../report/file-lines.ts')).jsonLines(files), path)
    case 'parquet':
      return writeIndexFile(files, path ?? '')
  }
}

const sumOf = (files: readonly PlacedFiles[]): { readonly files: number; readonly bytes: number } => ({
  files: files.reduce((sum, { manifest }) => sum + manifest.count, 0),
  bytes: files.reduce((sum, { manifest }) => sum + manifest.bytes, 0),
})

function leftOut(left: readonly TargetState[], isAll: boolean): DiagnosticDraft {
  const targets = plural(left.length, 'target')
  return {
    code: 'not-exported',
    message: isAll
      ? `Nothing can be exported: ${left.length === 1 ? 'the target is' : `none of ${targets} is`} fresh.`
      : `${targets} ${left.length === 1 ? 'is' : 'are'} left out of the export: only what is fresh is told as it lies on disk.`,
    evidence: fewRows(
      'left out',
      left,
      ({ target, state, why }) => [`${target}: ${state}`, ...(why ? [why] : [])].join(', '),
      10,
    ),
    disk: isAll ? 'Nothing was written.' : 'Nothing of the playground was changed.',
    next: 'build them, then export again.',
  }
}
