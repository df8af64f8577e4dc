/**
 * Every code that a diagnostic can carry: a closed list, the index of docs/errors.md.
 * A code keeps its meaning for ever; scripts match on it.
 */

/** The spec or the command line is wrong: exit code 2. */
export const misreadCodes = [
  // the spec
  'spec-not-found',
  'yaml-syntax',
  'unknown-key',
  'missing-key',
  'wrong-type',
  'bad-value',
  'bad-address',
  'bad-parts',
  'duplicate-key',
  'unknown-name',
  'reserved-name',
  'group-cycle',
  'task-cycle',
  'path-outside-root',
  'target-clash',
  // the command line
  'bad-usage',
  'unknown-target',
  'not-yet',
] as const

/** Refused before starting: exit code 3. */
export const refusedCodes = [
  'no-room',
  'read-only-root',
  'lock-held',
  'state-too-new',
  'symlink-outside-root',
  'not-pinned',
  'program-missing',
  'library-missing',
] as const

/** An archive is not what its publisher packed: with another file in its place it may come right. Exit code 1. */
export const damageCodes = [
  'not-a-zip',
  'corrupt-zip',
  'cut-zip',
  'split-zip',
  'wrong-parts',
  'zip64-missing',
  'bytes-before-zip',
  'bytes-after-zip',
  'directory-too-large',
  'wrong-entry-count',
  'not-a-tar',
  'corrupt-tar',
  'corrupt-archive',
  'bytes-after-tar',
  'bytes-after-archive',
  'crc-mismatch',
  'entry-overlap',
  'entry-impossible-size',
  'entry-header-mismatch',
  'entry-hidden',
  'bytes-after-content',
  'entry-size-mismatch',
] as const

/** Found while working: exit code 1, or a warning. */
const workCodes = [
  // downloads
  'digest-mismatch',
  'size-mismatch',
  'unauthorized',
  'unset-variable',
  'not-found',
  'server-error',
  'rate-limited',
  'quota-exceeded',
  'connection-failed',
  'connection-cut',
  'stalled',
  'too-slow',
  'taken-over',
  'range-ignored',
  'source-changed',
  'html-instead-of-data',
  'encoded-content',
  'bad-redirect',
  'file-not-found',
  'manual-file-missing',
  'offline',
  'all-sources-failed',
  'lock-changed',
  // archives
  'entry-outside',
  'entry-absolute',
  'entry-drive',
  'entry-backslash',
  'entry-control-character',
  'entry-device-name',
  'entry-too-long',
  'entry-not-utf8',
  'entry-bad-name',
  'entry-link',
  'entry-special',
  'entry-duplicate',
  'entry-file-and-folder',
  'entry-clash',
  'entry-encrypted',
  'entry-unknown-method',
  'wrong-root',
  'wrong-inner',
  'ambiguous-root',
  'nothing-needed',
  'archive-empty',
  'directory-mismatch',
  // lists of addresses
  'bad-list',
  'addresses-failed',
  'too-many-missing',
  // what archives become
  'bad-pattern',
  'rename-collision',
  'unreadable-image',
  'invalid-json',
  'not-an-array',
  'wrong-record-count',
  'duplicate-ids',
  'mixed-ids',
  'record-too-long',
  'sample-too-large',
  'too-many-splits',
  'wrong-file-count',
  'not-images',
  'place-clash',
  // the playground and its state
  'edited-by-hand',
  'times-differ',
  'extra-files',
  'state-damaged',
  'state-foreign',
  'output-damaged',
  'images-missing',
  'odd-images',
  'rooted-images',
  'not-exported',
  // files that are there already
  'nothing-adopted',
  'no-proof',
  'cannot-link',
  // accepting
  'not-built',
  'pinned-otherwise',
  'not-the-same',
  // the run
  'disk-full',
  'disk-error',
  'program-failed',
  'interrupted',
  'bug',
] as const

export const codes = [...misreadCodes, ...refusedCodes, ...damageCodes, ...workCodes] as const

export type Code = (typeof codes)[number]

export const isDamage = (code: Code): boolean => (damageCodes as readonly Code[]).includes(code)
