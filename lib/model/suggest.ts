/** What somebody probably meant by a name that does not exist. Pure. */

/** The nearest candidate, or undefined where none is near enough to be worth saying. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word)
  if (wanted === '' || wanted.length > 100) return undefined
  let best: string | undefined
  let most = Math.max(1, Math.floor(wanted.length / 3)) + 0.1
  for (const candidate of candidates) {
    const distance = distanceBetween(wanted, fold(candidate), most)
    if (distance >= most) continue
    best = candidate
    most = distance
  }
  return best
}

/** The same as a question for the user. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const name = suggest(word, candidates)
  return name === undefined ? undefined : `did you mean "${name}"?`
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase().replaceAll('_', '-')

/** `train2017` for `coco/train2017`: the end of a path is nearly right. */
function distanceBetween(wanted: string, candidate: string, most: number): number {
  if (wanted.length > 2 && candidate.endsWith(`/${wanted}`)) return 0.9
  if (Math.abs(wanted.length - candidate.length) >= most) return most
  return editDistance(wanted, candidate, most)
}

/** Insertions, deletions, changes and swaps of neighbours; `most` as soon as it cannot be less. */
function editDistance(a: string, b: string, most: number): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const changed = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(at(last, j) + 1, at(row, j - 1) + 1, changed, swapped ? at(beforeLast, j - 2) + 1 : changed),
      )
    }
    if (Math.min(...row) >= most) return most
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

const at = (row: readonly number[], j: number): number => row[j] ?? Number.POSITIVE_INFINITY
