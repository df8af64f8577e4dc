/** The same work for many things, some of them at one time. Knows no work. */

/** Each lane takes the next one. After a failure none is begun, and nobody is at work any more when it throws. */
export async function inLanes<T>(
  lanes: number,
  things: readonly T[],
  work: (thing: T) => Promise<void>,
): Promise<void> {
  const waiting = things.values()
  let hasFailed = false
  const lane = async (): Promise<void> => {
    for (const thing of waiting) {
      if (hasFailed) return
      try {
        await work(thing)
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
