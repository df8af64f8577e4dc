/** Numbers as tar headers write them: octal digits, or base 256 for large ones. Pure. */

/** Undefined where the field holds no number that can be counted with. */
export function numberIn(field: Buffer): number | undefined {
  const [first = 0] = field
  return first >= 0x80 ? inBase256(field, first) : inOctal(field)
}

function inBase256(field: Buffer, first: number): number | undefined {
  const isNegative = (first & 0x40) !== 0
  if (isNegative) return undefined
  let value = first & 0x3f
  for (const byte of field.subarray(1)) value = value * 256 + byte
  return Number.isSafeInteger(value) ? value : undefined
}

/** An empty field is 0, as all readers have it. */
function inOctal(field: Buffer): number | undefined {
  const text = field.toString('latin1')
  const end = text.indexOf('\0')
  const digits = (end < 0 ? text : text.slice(0, end)).trim()
  if (!/^[0-7]*$/.test(digits)) return undefined
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}
