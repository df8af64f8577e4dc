/** A certificate for localhost that signs itself. Needs openssl. */

import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

export interface Certificate {
  readonly key: Buffer
  readonly cert: Buffer
  /** The file that vouches for it. */
  readonly authority: string
}

export async function selfSigned(): Promise<Certificate> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  await execa('openssl', ['req', '-x509', ...made, ...subject, '-keyout', key, '-out', cert])
  return { key: readFileSync(key), cert: readFileSync(cert), authority: cert }
}
