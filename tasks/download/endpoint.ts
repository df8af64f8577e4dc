/** The host that an environment variable puts in the place of the usual one. */

import { Problem } from '../../lib/model/problem.ts'

/** Without a slash at its end. Throws `bad-address`. */
export function endpointOf(
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
  usual: string,
): string {
  const endpoint = environment[variable] || usual
  if (!/^https?:/i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new Problem({
      code: 'bad-address',
      message: `The environment variable ${variable} is not a web address.`,
      next: `set it to something like ${usual}, or unset it.`,
    })
  }
  return endpoint.replace(/\/+$/, '')
}
