/** What a file among images is that is no image, by its first bytes, in words. Pure. */

const resemblances: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a web page', /^(\xef\xbb\xbf)?\s*(<!doctype html|<html|<head|<body)/i],
  ['a Git LFS pointer', /^version https:\/\/git-lfs/],
  ['a zip archive', /^PK\x03\x04/],
  ['gzip', /^\x1f\x8b/],
  ['a PDF', /^%PDF/],
  ['a video', /^....ftyp|^\x1aE\xdf\xa3/s],
  ['XML', /^(\xef\xbb\xbf)?\s*</],
  ['JSON', /^(\xef\xbb\xbf)?\s*[[{]/],
  ['zero bytes', /^\0+$/],
  ['text', /^[\t\n\f\r -~\x80-\xff]+$/],
]

/** `a web page`, `text`, `other bytes (7f 45 4c 46 …)`. */
export function resemblanceOf(head: Buffer): string {
  const start = head.toString('latin1', 0, 512)
  const found = resemblances.find(([, pattern]) => pattern.test(start))
  if (found) return found[0]
  const bytes = head.toString('hex', 0, 8).replaceAll(/..(?!$)/g, '$& ')
  return `other bytes (${bytes}${head.length > 8 ? ' …' : ''})`
}
