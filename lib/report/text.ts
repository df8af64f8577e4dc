/** Text on a terminal: how wide it is, how it breaks into lines, what in it must not reach the screen. Pure. */

/** Words of a text on lines of at most `width` columns; a word that is wider than a line is cut. */
export function wrapped(text: string, first: string, width: number, hanging = first): readonly string[] {
  const room = width - Math.max(columns(first), columns(hanging))
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of text.split(' ').flatMap(whole => pieces(whole, room))) {
    if (!empty && columns(line) + 1 + columns(word) > width) {
      lines.push(line)
      line = hanging
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line]
}

function pieces(word: string, room: number): readonly string[] {
  if (columns(word) <= room) return [word]
  const cut = ['']
  for (const character of word) {
    const last = cut.at(-1) ?? ''
    if (columns(last + character) > Math.max(2, room)) cut.push(character)
    else cut[cut.length - 1] = last + character
  }
  return cut
}

/** Control characters, and others that change what stands around them, as they would be typed. */
export const escaped = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, character => {
    const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character]
    const code = character.charCodeAt(0).toString(16)
    return short ?? (code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`)
  })

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** Columns of a terminal: none for marks that sit on the letter before them, two for wide letters. */
export function columns(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let sum = 0
  for (const character of text) sum += /\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1
  return sum
}

export const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - columns(text)))
