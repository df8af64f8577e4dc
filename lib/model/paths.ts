/** Paths with `/` between names, as a playground and its manifests have them. Knows no disk. Pure. */

/** Whether a path is that of a folder or lies below it. */
export const isAtOrBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`)

/** `a`, `a/b` and `a/b/c` of `a/b/c`. */
export const foldersTo = (path: string): readonly string[] =>
  path.split('/').map((_, i, names) => names.slice(0, i + 1).join('/'))
