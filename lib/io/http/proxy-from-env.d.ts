/** The types that the package does not bring. */

declare module 'proxy-from-env' {
  /** The proxy of an address by the environment, with its scheme; empty where there is none. */
  export function getProxyForUrl(url: string): string
}
