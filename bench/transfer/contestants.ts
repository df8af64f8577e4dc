/** Who is measured: commands that fetch one address, or a list of them, into a folder made for that round. */

import { buildCommand, type Entrant, specOf } from '../entrants.ts'

export const curl: Entrant = {
  name: 'curl, then openssl sha256',
  role: 'peer',
  needs: ['curl', 'openssl'],
  command: ({ url }) => ['sh', '-c', 'curl -fsS -o file "$1" && openssl sha256 file', 'sh', url],
}

/** As safe from a power cut as what `build` calls done. */
export const curlOnDisk: Entrant = {
  name: 'curl, openssl sha256, sync',
  role: 'peer',
  needs: ['curl', 'openssl', 'sync'],
  command: ({ url }) => ['sh', '-c', 'curl -fsS -o file "$1" && openssl sha256 file && sync file', 'sh', url],
}

export const wget: Entrant = {
  name: 'wget, then sha256sum',
  role: 'peer',
  needs: ['wget', 'sha256sum'],
  command: ({ url }) => ['sh', '-c', 'wget -q -O file "$1" && sha256sum file', 'sh', url],
}

/** As it comes, except for what is asked for. */
export const aria2c = (
  connections: number,
  ...options: readonly ('--checksum' | 'no space ahead')[]
): Entrant => ({
  name: ['aria2c', `-x${connections}`, ...options].join(' ').replace(' no', ', no'),
  role: 'peer',
  needs: ['aria2c'],
  command: ({ url, sha256 }) => [
    'aria2c',
    '--quiet',
    '--no-conf',
    `-x${connections}`,
    `-s${connections}`,
    ...(options.includes('--checksum') ? [`--checksum=sha-256=${sha256}`] : []),
    ...(options.includes('no space ahead') ? ['--file-allocation=none'] : []),
    url,
  ],
})

export const ours = (connections: number): Entrant => ({
  name: `build, ${connections} connections, SHA-256`,
  role: 'ours',
  needs: [],
  command: () => buildCommand,
  spec: ({ url }) => specOf(connections, [`url: ${url}`, 'file: file']),
})

export const aria2cList = (connections: number): Entrant => ({
  name: `aria2c -i -j${connections}`,
  role: 'peer',
  needs: ['aria2c'],
  command: ({ path }) => ['aria2c', '--quiet', '--no-conf', `-j${connections}`, '-i', path],
})

export const ourList = (connections: number): Entrant => ({
  name: `build, urls, ${connections} connections`,
  role: 'ours',
  needs: [],
  command: () => buildCommand,
  spec: ({ path }) => specOf(connections, [`urls: { from: ${path} }`]),
})
