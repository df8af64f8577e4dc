/** The ways to give files a second place. */

export const linkModes = ['hard', 'reflink', 'symlink', 'copy'] as const
export type LinkMode = (typeof linkModes)[number]

/** What a file is then. */
export const linkWords: Readonly<Record<LinkMode, string>> = {
  hard: 'hard link',
  reflink: 'copy that shares blocks',
  symlink: 'symbolic link',
  copy: 'copy',
}
