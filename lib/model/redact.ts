/** Takes secrets out of a text that somebody will see: a terminal, a log, an issue. Pure. */

/** Query parameters that open what a signed or token-bearing address points at. */
const parameters = [
  'token|access_token|auth|api_?key|password|secret|sig|signature|policy|expires',
  'key-pair-id|googleaccessid|awsaccesskeyid|x-(?:amz|goog)-[a-z-]+',
].join('|')

const parameter = new RegExp(`^(?:${parameters})$`, 'i')

/** Whether a query parameter of this name lets somebody in, and says nothing of what is asked for. */
export const isSecretParameter = (name: string): boolean => parameter.test(name)

/** Each: what stays, then what goes. */
const patterns: readonly RegExp[] = [
  /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)([^\s/?#"'<>]+)(?=@)/gi,
  // `key` may be what is asked for as well: hidden, but part of the address.
  new RegExp(`([?&;](?:${parameters}|key)=)([^\\s&;#"'<>]+)`, 'gi'),
  /(\bhf_)([A-Za-z0-9]{8,})/g,
  /(\b(?:bearer|basic)\s+)([A-Za-z0-9._~+/=-]{8,})/gi,
]

/** Without secrets; `hide` tells what stands in the place of a secret. */
export const redact = (text: string, hide: (secret: string) => string = () => '***'): string =>
  patterns.reduce(
    (shown, pattern) => shown.replace(pattern, (_, stays: string, secret: string) => stays + hide(secret)),
    text,
  )
