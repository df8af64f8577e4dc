/** The records of an extended header (`27 path=…`). Pure. */

export type Records = ReadonlyMap<string, Buffer>

/** Undefined where they contradict their own lengths. A key that is there twice counts as the last says. */
export function paxRecords(body: Buffer): Records | undefined {
  const records = new Map<string, Buffer>()
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at)
    if (space < 0) return undefined
    const length = wholeNumber(body.toString('latin1', at, Math.min(space, at + 20)))
    const end = at + (length ?? 0)
    const equals = body.indexOf(0x3d, space)
    if (length === undefined || equals < 0 || equals >= end || end > body.length || body[end - 1] !== 0x0a)
      return undefined
    records.set(body.toString('utf8', space + 1, equals), body.subarray(equals + 1, end - 1))
    at = end
  }
  return records
}

/** Of decimal digits alone. */
export function wholeNumber(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : undefined
}
