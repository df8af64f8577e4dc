/**
 * The table of floors: which room may import from which. The linter's rules and the diagram in ARCHITECTURE.md are
 * printed from it (`npm run generate`), and test/architecture.test.ts holds every import against it.
 */

export interface Room {
  /** Folders and files that belong to it; a folder ends with `/`. */
  readonly paths: readonly string[]
  readonly does: string
  /** Sees only these, though more lie below. */
  readonly sees?: readonly string[]
}

/** From the front door down. A room imports from floors below its own, and from itself. */
export const floors: readonly Readonly<Record<string, Room>>[] = [
  { 'build.ts': { paths: ['build.ts'], does: 'the front door' } },
  {
    'lib/cli': { paths: ['lib/cli/'], does: 'one file a verb' },
    tasks: { paths: ['tasks/'], does: 'one file a kind of task', sees: ['lib/io', 'lib/model'] },
  },
  { 'lib/report': { paths: ['lib/report/'], does: 'events and problems → text, JSON' } },
  { 'lib/run': { paths: ['lib/run.ts', 'lib/run/'], does: 'plan → steps through pools' } },
  {
    'lib/knowledge': { paths: ['lib/knowledge.ts'], does: 'receipts + survey, kept up to date' },
    'lib/settled': { paths: ['lib/settled.ts', 'lib/settled/'], does: 'the memory of an idle build' },
    'lib/place': { paths: ['lib/place.ts'], does: 'staged → final path' },
    'lib/room': { paths: ['lib/room.ts'], does: 'is there room on the disk?' },
  },
  {
    'lib/survey': { paths: ['lib/survey.ts', 'lib/survey/'], does: 'the disk against manifests' },
    'lib/receipts': { paths: ['lib/receipts/'], does: 'what was done, kill -9 or not' },
    'lib/lock': { paths: ['lib/lock.ts', 'lib/lock/'], does: 'one build at a time' },
    'lib/plan': { paths: ['lib/plan.ts', 'lib/plan/'], does: 'graph + knowledge → verdicts; pure' },
    'lib/graph': { paths: ['lib/graph.ts', 'lib/graph/'], does: 'spec + kinds → tasks; pure' },
    'lib/spec': { paths: ['lib/spec/'], does: 'datasets.yaml → Spec' },
  },
  { 'lib/io': { paths: ['lib/io/'], does: 'one door a dependency: disk, HTTP, zip, JSON, YAML' } },
  { 'lib/model': { paths: ['lib/model/'], does: 'the words: types and pure functions' } },
]

/** The room that a path of the repository lies in, and its floor (0 is the top); undefined outside of the house. */
export function roomOf(path: string): { readonly name: string; readonly floor: number } | undefined {
  for (const [floor, rooms] of floors.entries()) {
    for (const [name, { paths }] of Object.entries(rooms)) {
      if (paths.some(own => (own.endsWith('/') ? path.startsWith(own) : path === own))) return { name, floor }
    }
  }
  return undefined
}

/** The rooms that a room must not import from, by the table. */
export function hiddenFrom(name: string): readonly string[] {
  const floor = floors.findIndex(rooms => name in rooms)
  const sees = floors[floor]?.[name]?.sees
  return floors.flatMap((rooms, other) =>
    Object.keys(rooms).filter(
      room => room !== name && (other <= floor || (sees !== undefined && !sees.includes(room))),
    ),
  )
}

/** The diagram of ARCHITECTURE.md: each room with arrows to the next floor that it can see. */
export function diagram(): string {
  const id = (name: string): string => name.replaceAll(/[^a-z]/g, '_')
  const boxes = floors.map((rooms, floor) => {
    const nodes = Object.entries(rooms).map(
      ([name, { does }]) => `    ${id(name)}["<b>${name}</b><br/>${does}"]`,
    )
    return `  subgraph f${floor} [" "]\n${nodes.join('\n')}\n  end`
  })
  const arrows = floors.slice(1).map((_, floor) => `  f${floor} --> f${floor + 1}`)
  return ['```mermaid', 'flowchart TB', ...boxes, ...arrows, '```'].join('\n')
}

interface LintOverride {
  readonly files: readonly string[]
  readonly rules: Readonly<Record<string, unknown>>
}

/** One override of the linter a room. */
export function lintOverrides(): readonly LintOverride[] {
  return floors.flatMap(rooms =>
    Object.entries(rooms).flatMap(([name, { paths }]) => {
      const group = hiddenFrom(name).flatMap(hidden => patternsOf(hidden))
      if (group.length === 0) return []
      const message = `${name} lies on a floor from which this cannot be seen (tools/floors.ts).`
      return [
        {
          files: paths.map(path => (path.endsWith('/') ? `${path}**` : path)),
          rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
        },
      ]
    }),
  )
}

/** Import specifiers are relative: a room is known by its last name. */
function patternsOf(room: string): readonly string[] {
  const paths = floors.find(rooms => room in rooms)?.[room]?.paths ?? []
  return paths.map(path =>
    path.endsWith('/') ? `**/${path.split('/').at(-2)}/**` : `**/../${path.split('/').at(-1)}`,
  )
}
