/**
 * How much of an archive lies on the disk at once while it is unpacked as it arrives and its beginning is given back. The
 * plan counts it, the download keeps to it. Pure.
 */

export interface SpendingSizes {
  /** Of an archive of less than this nothing is given back before its end. */
  readonly leastBytes: number
  readonly leastWindowBytes: number
  readonly leastPortionBytes: number
}

export const usualSizes: SpendingSizes = {
  leastBytes: 32 << 20,
  leastWindowBytes: 16 << 20,
  leastPortionBytes: 4 << 20,
}

export const isWorthSpending = (archiveBytes: number, { leastBytes } = usualSizes): boolean =>
  archiveBytes >= leastBytes

/** So much more than what was given back may have arrived: about 8 % of the archive. */
export const windowBytes = (archiveBytes: number, { leastWindowBytes } = usualSizes): number =>
  Math.max(leastWindowBytes, Math.ceil(archiveBytes / 12))

/** So much is given back at once: each time everything is synced before. */
export const portionBytes = (archiveBytes: number, { leastPortionBytes } = usualSizes): number =>
  Math.max(leastPortionBytes, Math.floor(archiveBytes / 24))

/** The most of it that lies there at any time; the directory at its end was fetched first. */
export const heldBytes = (archiveBytes: number): number =>
  isWorthSpending(archiveBytes) ? Math.min(archiveBytes, windowBytes(archiveBytes) + tailBytes) : archiveBytes

const tailBytes = 2 << 20
