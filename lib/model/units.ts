/** Sizes, counts and times in words, and read from words. Decimal units, as disks and hosts use them. Pure. */

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** `20.3 GB`, `512 B`: three significant digits. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes)
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${bytes < 0 ? '-' : ''}${value.toFixed(digits)} ${units[unit]}`
}

/** What a file of so many bytes takes on a disk that gives whole blocks. */
export const inBlocks = (bytes: number, blockBytes: number): number =>
  Math.ceil(bytes / blockBytes) * blockBytes

/** `1,166,209` */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

/** `3 files`, `1 file` */
export const plural = (count: number, singular: string, many = `${singular}s`): string =>
  `${formatCount(count)} ${count === 1 ? singular : many}`

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min` */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`
}

/** `9f2c01aa…de62`: enough of a digest to tell two apart. */
export const shortDigest = (hex: string): string =>
  hex.length > 20 ? `${hex.slice(0, 8)}…${hex.slice(-4)}` : hex

/**
 * Bytes of `123`, `19.3GB`, `1.5 GiB`; undefined for anything else. `exact` is false where the text was rounded
 * by its writer (a unit was used), so that it can only serve as a plausibility check.
 */
export function readBytes(written: string): { readonly bytes: number; readonly exact: boolean } | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kKMGTP]?)(i?)B?$/.exec(written.trim())
  if (!match) return undefined
  const [, digits = '', prefix = '', binary] = match
  if (prefix === '' && (binary || digits.includes('.'))) return undefined
  const power = prefix === '' ? 0 : 'KMGTP'.indexOf(prefix.toUpperCase()) + 1
  const bytes = Math.round(Number(digits) * (binary ? 1024 : 1000) ** power)
  return Number.isSafeInteger(bytes) ? { bytes, exact: prefix === '' } : undefined
}
