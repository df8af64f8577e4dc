/** Paths with `/` between names, as a playground and its manifests have them. Knows no disk. Pure. */

/** Whether a path is that of a folder or lies below it. */
export const isAtOrBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`)

/** `a` and `a/b` of `a/b/c`: one after the other, because a path that somebody wrote may have thousands. */
export function* foldersAbove(path: string): Generator<string> {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) yield path.slice(0, at)
}

/** `a`, `a/b` and `a/b/c` of `a/b/c`. */
export const foldersTo = (path: string): readonly string[] => [...foldersAbove(path), path]
