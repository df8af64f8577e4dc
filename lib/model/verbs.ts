/** The verbs of the command line. */

export const verbs = [
  'build',
  'status',
  'why',
  'verify',
  'graph',
  'lock',
  'adopt',
  'accept',
  'clean',
  'prune',
  'report',
  'schema',
  'export',
  'stats',
] as const

/** No group may bear one of these names: it could not be built. */
export const reservedWords: readonly string[] = [...verbs, 'help']
