/** What of an archive is not unpacked, whatever is asked for, and what is said where nothing is left. Pure. */

import type { Diagnostic } from '../../lib/model/problem.ts'

/** What a Mac adds to archives beside their content. */
const finderNotes = '__MACOSX/'

export const isFinderNote = (path: string): boolean => path.startsWith(finderNotes)

/** The remark that says how many files were left out for that. */
export const finderNotesMark = 'left out of __MACOSX'

/** `prefix`: the root below which nothing lies, with `/` at its end; empty for all of the archive. */
export const emptyArchive = (archive: string, prefix: string): Diagnostic => ({
  severity: 'warning',
  code: 'archive-empty',
  message: `${archive} holds no file${prefix === '' ? '' : ` below ${prefix.slice(0, -1)}`}.`,
  disk: 'The target was made, with nothing in it.',
  next: 'look what the address gives: the publisher may have packed nothing, or another file may be meant.',
})
