/**
 * The single values that a spec is made of: addresses, digests, sizes, rates, directories, names, templates.
 * Each is told by its text alone; what they refer to is lib/spec/names.ts' business.
 */

import { parseAddress } from '../model/address.ts'
import { writeOut } from '../model/address-ranges.ts'
import { readAllowance } from '../model/annotation.ts'
import { type Flaw, integer, notation, text } from '../model/grammar.ts'
import { didYouMean } from '../model/suggest.ts'
import { plural, readBytes } from '../model/units.ts'
import { variableFlaw } from '../model/variables.ts'
import { reservedWords } from '../model/verbs.ts'

const schemes = ['https', 'http', 'hf', 'gdrive', 'file']

export const address = text({
  about:
    'https://, hf://datasets/OWNER/NAME@REVISION/PATH, gdrive://FILE_ID, gdrive://FOLDER_ID/NAME, or a path relative to this file.',
  examples: ['https://example.org/images.zip', 'hf://datasets/OWNER/NAME@REVISION/images.zip'],
  pattern: String.raw`^(?![a-zA-Z][a-zA-Z0-9+.-]*:)[^\u0000-\u001f]+$|^(https?|hf|gdrive|file|HTTPS?):`,
  check: written => {
    const parts = writeOut(written)
    if (typeof parts === 'string') return { code: 'bad-address', says: parts }
    const wrong = parts.map(part => parseAddress(part)).find(parsed => typeof parsed === 'string')
    if (typeof wrong !== 'string') return undefined
    const scheme = /^([^:/]+):/.exec(written)?.[1] ?? ''
    const meant = schemes.includes(scheme) ? undefined : didYouMean(scheme, schemes)
    return { code: 'bad-address', says: wrong, ...(meant !== undefined && { next: meant }) }
  },
})

export const homepage = text({
  about: 'A page about the dataset, for people.',
  pattern: '^[hH][tT][tT][pP][sS]?://',
  check: written =>
    /^https?:\/\//i.test(written) && URL.canParse(written)
      ? undefined
      : { code: 'bad-address', says: 'is not a web address such as https://example.org' },
})

export const size = notation({
  about: 'Bytes; with a unit only a plausibility check.',
  examples: ['19336861798', '19.3GB'],
  expected: 'a size such as 19336861798 or 19.3GB',
  pattern: String.raw`^\d+(\.\d+)?\s*([kKMGTP]i?)?B?$`,
  number: true,
  read: readBytes,
})

const digest = (name: string, digits: number) =>
  notation({
    about: `${name} of the file, ${digits} hexadecimal digits.`,
    expected: `${digits} hexadecimal digits`,
    pattern: `^[0-9a-fA-F]{${digits}}$`,
    number: true,
    read: written =>
      /^[0-9a-f]+$/i.test(written) && written.length === digits ? written.toLowerCase() : undefined,
    hint: digestHint,
  })

function digestHint(written: string): string {
  if (!/^[0-9a-f]+$/i.test(written)) return 'write the hexadecimal digits alone, without a prefix.'
  if (written.length === 32) return 'this looks like an MD5 digest; write it as "md5:".'
  if (written.length === 64) return 'this looks like a SHA-256 digest; write it as "sha256:".'
  return `copy the whole digest; this one has ${plural(written.length, 'digit')}.`
}

export const sha256 = digest('SHA-256', 64)
export const md5 = digest('MD5', 32)

export const rate = notation({
  examples: ['20MB/s'],
  expected: 'a rate such as 20MB/s or 200KB/s',
  pattern: String.raw`^\d+(\.\d+)?\s*([kKMGTP]i?)?B?/s$`,
  read: written => {
    const bytes = written.endsWith('/s') ? readBytes(written.slice(0, -2))?.bytes : undefined
    return bytes === 0 ? undefined : bytes
  },
  hint: written => (readBytes(written)?.bytes ? `write "${written.trim()}/s".` : undefined),
})

export const allowance = notation({
  about: 'How many may be missing: a number, or a share.',
  examples: ['0', '0.5%'],
  expected: 'a number such as 0 or a share such as 0.5%',
  pattern: String.raw`^(\d+|\d+(\.\d+)?\s*%)$`,
  number: true,
  read: readAllowance,
})

export const version = integer({ about: 'Of the form of this file.', minimum: 1, maximum: 1 })

export const count = (about: string, minimum = 0) => integer({ about, minimum })

/** Text that must say something. */
export const words = (about: string) => text({ about, pattern: String.raw`\S`, check: emptiness })

export const instructions = text({
  about: 'What a person has to do to get the file.',
  lines: true,
  pattern: String.raw`\S`,
  check: written => emptiness(written),
})

const emptiness = (written: string): string | undefined => (written.trim() === '' ? 'is empty' : undefined)

/** The name of a target: a directory below the root. */
export const directory = text({
  about: 'A directory below the root.',
  examples: ['coco/train2017'],
  pattern: String.raw`^(?!/)(?!(\./)*\.groundwork(/|$))(?!.*(^|/)\.\.(/|$))(?!.*//)(?!.*(\s|\\)(/|$))(?!\.?/?$)[^\\]+$`,
  check: written => directoryFlaw(written),
})

function directoryFlaw(written: string): string | Flaw | undefined {
  const next = 'name a directory below the root, such as coco/train2017.'
  const outside = (says: string): Flaw => ({ code: 'path-outside-root', says, next })
  if (written.trim() === '') return 'is empty, but names a directory below the root'
  if (written.startsWith('/')) return outside('begins with "/", but a target lies below the root')
  if (written.includes('\\')) return 'has a backslash; directories are told apart by "/"'
  const segments = segmentsOf(written)
  if (segments.includes('..')) return outside('leads out of the root with ".."')
  if (segments.length === 0) return 'is the root itself; a target is a directory below it'
  if (segments.includes('')) return 'has two slashes with nothing between them'
  if (segments[0]?.toLowerCase() === '.groundwork') return 'lies in .groundwork, where the state is kept'
  if (segments.some(segment => new TextEncoder().encode(segment).length > 255))
    return 'has a name longer than 255 bytes, more than filesystems take'
  const spaced = segments.find(segment => segment !== segment.trim())
  if (spaced === undefined) return undefined
  const trimmed = written
    .split('/')
    .map(segment => segment.trim())
    .join('/')
  return {
    code: 'bad-value',
    says: `has a space at the edge of the name "${spaced}"`,
    next: `write "${trimmed}".`,
  }
}

/** `./coco/train2017/` → `coco`, `train2017`. */
const segmentsOf = (written: string): readonly string[] =>
  written
    .replace(/\/$/, '')
    .split('/')
    .filter(segment => segment !== '.')

/** One text for all ways to write a directory. */
export const normalDirectory = (written: string): string => segmentsOf(written).join('/')

export const groupName = text({
  about: 'A name for several targets.',
  pattern: String.raw`^(?!(${reservedWords.join('|')})$)[^-\s]`,
  check: written => {
    if (written.trim() !== written || written === '') return 'is empty or has a space at its edge'
    if (written.startsWith('-')) return 'begins with "-", which the command line takes for an option'
    if (!reservedWords.includes(written)) return undefined
    return {
      code: 'reserved-name',
      says: 'is a word of the command line',
      next: 'give the group another name.',
    }
  },
})

export const hostName = text({
  about: 'A host.',
  examples: ['downloads.cs.stanford.edu'],
  pattern: String.raw`^[a-z0-9._-]+$|^\[[0-9a-f:.]+\]$`,
  check: written => {
    if (/^[a-z0-9._-]+$|^\[[0-9a-f:.]+\]$/.test(written)) return undefined
    return 'is not the bare name of a host, in small letters, such as example.org'
  },
})

/** Headers that say how a request is made, not what it is allowed. */
const ownHeaders =
  /^(host|connection|keep-alive|upgrade|te|trailer|transfer-encoding|content-.*|accept-encoding|range|if-range|proxy-.*)$/i

export const headerName = text({
  about: 'The name of a header.',
  pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
  check: written => {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(written))
      return 'is not the name of a header, such as X-Api-Key'
    return ownHeaders.test(written) ? 'is a header that Groundwork sets itself' : undefined
  },
})

const sent = (about: string, examples: readonly string[]) =>
  text({ about, examples, pattern: String.raw`\S`, secret: true, check: sentFlaw })

function sentFlaw(written: string): string | undefined {
  if (/[^\t\u0020-\u007e\u0080-\u00ff]/.test(written)) return 'has a letter that no header can have'
  return emptiness(written) ?? variableFlaw(written)
}

export const headerValue = sent('Its value; ${NAME} stands for an environment variable.', ['${HOST_KEY}'])
export const token = sent(
  'Sent to this host as "Authorization: Bearer …"; ${NAME} stands for an environment variable.',
  ['${HOST_TOKEN}'],
)

export const rootFolder = text({
  about: 'The playground: absolute, or relative to this file.',
  pattern: String.raw`^(?!~)\s*\S`,
  check: written =>
    written.startsWith('~') ? 'begins with "~", which only a shell understands' : emptiness(written),
})

/** The template of a file's path. `fields` are those that exist; undefined where any may. */
const template = (about: string, examples: readonly string[], fields?: readonly string[]) =>
  text({ about, examples, pattern: String.raw`\S`, check: written => templateFlaw(written, fields) })

function templateFlaw(written: string, fields: readonly string[] | undefined): string | Flaw | undefined {
  if (written.trim() === '') return 'is empty'
  for (const [whole, name = ''] of written.matchAll(/\{([^{}]*)\}/g)) {
    if (fields !== undefined && !fields.includes(name))
      return `has ${whole}, which is none of ${fields.map(field => `{${field}}`).join(' ')}`
  }
  if (/[{}]/.test(written.replace(/\{[^{}]+\}/g, ''))) return 'has a brace without its partner'
  if (/^\/|\\/.test(written) || written.split('/').includes('..'))
    return { code: 'path-outside-root', says: 'leads out of the target' }
  return undefined
}

export const renameTemplate = template(
  'The new path, made of {dir} {stem} {ext} {name}.',
  ['{dir}/{stem}.jpg'],
  ['dir', 'stem', 'ext', 'name'],
)

export const nameTemplate = template('The name of each file.', ['{key}.jpg'])
