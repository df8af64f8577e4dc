/** Things by a key that they have, in their order; no group is empty. Pure. */

export function groupedBy<T, K>(things: Iterable<T>, keyOf: (thing: T) => K): Map<K, [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>()
  for (const thing of things) {
    const key = keyOf(thing)
    const alike = groups.get(key)
    if (alike) alike.push(thing)
    else groups.set(key, [thing])
  }
  return groups
}
