/**
 * How much of an archive lies on the disk at once while it is unpacked as it arrives and its beginning is given back. The
 * plan counts it, the download keeps to it. Pure.
 */

/** Of less than this nothing is given back before its end. */
export const isWorthSpending = (archiveBytes: number): boolean => archiveBytes >= leastBytes

/** So much more than what was given back may have arrived: about 4 % of the archive. */
export const windowBytes = (archiveBytes: number): number =>
  Math.max(leastWindowBytes, Math.ceil(archiveBytes / 24))

/** So much is given back at once: each time everything is synced before. */
export const portionBytes = (archiveBytes: number): number =>
  Math.max(leastPortionBytes, Math.floor(archiveBytes / 48))

/** The most of it that lies there at any time; the directory at its end was fetched first. */
export const heldBytes = (archiveBytes: number): number =>
  isWorthSpending(archiveBytes) ? Math.min(archiveBytes, windowBytes(archiveBytes) + tailBytes) : archiveBytes

const leastBytes = 32 << 20

const leastWindowBytes = 16 << 20
const leastPortionBytes = 4 << 20
const tailBytes = 2 << 20
