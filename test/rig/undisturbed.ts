/** The environment of all tests: what a machine has set up of proxies, logins and tokens is none of their business. */

const proxies = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap(name => [
  name,
  name.toUpperCase(),
])

export const undisturbed: Readonly<Record<string, string>> = {
  ...Object.fromEntries(proxies.map(name => [name, ''])),
  NETRC: '/dev/null',
  HF_HOME: '/nowhere',
  HF_TOKEN_PATH: '',
  HF_TOKEN: '',
  HUGGING_FACE_HUB_TOKEN: '',
  HF_HUB_DISABLE_IMPLICIT_TOKEN: '',
}
