/** The ways to give files a second place. */

export const linkModes = ['hard', 'reflink', 'symlink', 'copy'] as const
export type LinkMode = (typeof linkModes)[number]
