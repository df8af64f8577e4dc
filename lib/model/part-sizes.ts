/** The sizes of the parts that a file was published in, in their order, and how a receipt writes them down. Pure. */

/** In bytes. */
export type PartSizes = readonly number[]

/** `3*1000 500` for three parts of 1,000 bytes and one of 500: most archives are cut into equal pieces. */
export function writePartSizes(parts: PartSizes): string {
  const runs: { bytes: number; count: number }[] = []
  for (const bytes of parts) {
    const last = runs.at(-1)
    if (last?.bytes === bytes) last.count += 1
    else runs.push({ bytes, count: 1 })
  }
  return runs.map(({ bytes, count }) => (count === 1 ? `${bytes}` : `${count}*${bytes}`)).join(' ')
}

/** Undefined where it does not say so. */
export function readPartSizes(text: unknown): PartSizes | undefined {
  if (typeof text !== 'string' || !/^(\d{1,5}\*)?\d+( (\d{1,5}\*)?\d+)*$/.test(text)) return undefined
  return text.split(' ').flatMap(run => {
    const [bytes = 0, count = 1] = run.split('*').map(Number).toReversed()
    return Array.from({ length: count }, () => bytes)
  })
}

/** Where each part begins in the file. */
export function partStarts(parts: PartSizes): readonly number[] {
  let at = 0
  return parts.map(bytes => (at += bytes) - bytes)
}
