/** Modules that are loaded when there is work for them. Knows none. */

/** An `import()` asks the loader each time, in another thread where sources are compiled: of 100,000 tasks one does. */
export function onDemand<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | undefined
  return () => (loading ??= load())
}
