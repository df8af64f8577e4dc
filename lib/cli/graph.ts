/** `build graph [TARGET…]`: the tasks and what they take, as Mermaid, Graphviz or JSON. */

import type { Graph } from '../model/plan.ts'
import { inputsOf } from '../model/task.ts'
import { artifactOf, nameOf } from '../report/words.ts'
import type { GraphFormat } from './arguments.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { openPlayground } from './playground.ts'

export async function graph({ command, kinds, console }: Desk): Promise<number> {
  const { graph: asked } = await openPlayground(command, kinds)
  console.result(drawGraph(asked, command.options.format))
  if (console.json) console.object({ event: 'graph', ...objectOf(asked) })
  return console.summary({ exitCode: exitCodes.done })
}

export function drawGraph(drawn: Graph, format: GraphFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(objectOf(drawn), undefined, 2)}\n`
    case 'mermaid':
      return mermaid(drawn)
    case 'dot':
      return dot(drawn)
  }
}

const objectOf = (drawn: Graph): object => ({
  tasks: [...drawn.tasks.values()].map(({ id, kind, targets, outline, gives }) => ({
    task: id,
    kind: kind.name,
    targets,
    takes: outline.takes,
    ...(outline.mayTake && { mayTake: outline.mayTake }),
    gives: gives?.at,
  })),
})

function mermaid(drawn: Graph): string {
  const numbers = new Map([...drawn.tasks.keys()].map((id, i) => [id, `t${i}`]))
  const nodes = [...drawn.tasks.values()].map(
    task => `  ${numbers.get(task.id)}["${escape(nameOf(task.id))}<br/>${escape(artifactOf(task))}"]`,
  )
  const edges = edgesOf(drawn).map(([from, to]) => `  ${numbers.get(from)} --> ${numbers.get(to)}`)
  return `${['flowchart LR', ...nodes, ...edges].join('\n')}\n`
}

/** Quotes and hashes are what Mermaid reads itself. */
const escape = (text: string): string => text.replaceAll('#', '#35;').replaceAll('"', '#quot;')

function dot(drawn: Graph): string {
  const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  const nodes = [...drawn.tasks.values()].map(
    task =>
      `  ${quote(task.id)} [label=${quote(`${nameOf(task.id)}\n${artifactOf(task)}`).replaceAll('\n', '\\n')}];`,
  )
  const edges = edgesOf(drawn).map(([from, to]) => `  ${quote(from)} -> ${quote(to)};`)
  return `${['digraph playground {', '  rankdir=LR; node [shape=box];', ...nodes, ...edges, '}'].join('\n')}\n`
}

const edgesOf = (drawn: Graph): readonly (readonly [string, string])[] =>
  [...drawn.tasks.values()].flatMap(({ id, outline }) => inputsOf(outline).map(input => [input, id] as const))
