/** Why an address gave no file, and what that means for asking again. Pure. */

/** The order is that of the ledger's index: only add at the end. */
export const failureClasses = [
  'no-address',
  'bad-address',
  'status',
  'bad-redirect',
  'html',
  'placeholder',
  'not-an-image',
  'empty',
  'connection',
  'cut',
  'stalled',
  'too-large',
] as const

export type FailureClass = (typeof failureClasses)[number]

export interface Failure {
  readonly class: FailureClass
  /** Of the answer; 0 where there was none, or where it was 200. */
  readonly status: number
}

/** What may be different in a minute: tried again at once, and by the next build. */
export const isTransient = ({ class: kind, status }: Failure): boolean =>
  kind === 'status'
    ? status === 408 || status === 429 || status >= 500
    : kind === 'connection' || kind === 'cut' || kind === 'stalled'

/** How long the host's word is taken for it. */
export const keptMs = 30 * 24 * 3600 * 1000

export function inWords({ class: kind, status }: Failure): string {
  switch (kind) {
    case 'no-address':
      return 'no address in the record'
    case 'bad-address':
      return 'not a web address'
    case 'status':
      return `status ${status}`
    case 'bad-redirect':
      return 'a redirect that leads nowhere'
    case 'html':
      return 'a web page'
    case 'placeholder':
      return 'a placeholder'
    case 'not-an-image':
      return 'not an image'
    case 'empty':
      return 'an empty file'
    case 'connection':
      return 'no connection'
    case 'cut':
      return 'the connection was cut'
    case 'stalled':
      return 'no answer in time'
    case 'too-large':
      return 'a file without an end'
  }
}
