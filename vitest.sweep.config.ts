import { defineConfig } from 'vitest/config'
import { undisturbed } from './test/rig/undisturbed.ts'

/** The long sweeps: minutes, not seconds. The default suite has a short one of each (test/sweep-short.test.ts). */
export default defineConfig({
  test: {
    include: ['test/sweep/**/*.test.ts'],
    testTimeout: 20 * 60_000,
    retry: 0,
    env: undisturbed,
    globalSetup: ['test/rig/temporary.ts', 'test/rig/front-door.ts'],
    maxWorkers: 2,
  },
})
