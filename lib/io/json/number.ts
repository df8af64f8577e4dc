/** The grammar of a JSON number, one byte at a time. Pure. */

export type NumberState =
  | 'minus'
  | 'zero'
  | 'digits'
  | 'point'
  | 'fraction'
  | 'e'
  | 'exponent sign'
  | 'exponent'

/** States in which the number may end. */
export const wholeNumbers: ReadonlySet<NumberState> = new Set(['zero', 'digits', 'fraction', 'exponent'])

/** The state after one more byte; undefined where the byte does not belong to the number. */
export function nextInNumber(state: NumberState, byte: number): NumberState | undefined {
  const digit = byte >= 0x30 && byte <= 0x39
  const e = byte === 0x65 || byte === 0x45
  switch (state) {
    case 'minus':
      return byte === 0x30 ? 'zero' : digit ? 'digits' : undefined
    case 'zero':
      return byte === 0x2e ? 'point' : e ? 'e' : undefined
    case 'digits':
      return digit ? 'digits' : byte === 0x2e ? 'point' : e ? 'e' : undefined
    case 'point':
      return digit ? 'fraction' : undefined
    case 'fraction':
      return digit ? 'fraction' : e ? 'e' : undefined
    case 'e':
      return digit ? 'exponent' : byte === 0x2b || byte === 0x2d ? 'exponent sign' : undefined
    case 'exponent sign':
    case 'exponent':
      return digit ? 'exponent' : undefined
  }
}
