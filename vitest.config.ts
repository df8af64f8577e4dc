import { defineConfig } from 'vitest/config'
import { undisturbed } from './test/rig/undisturbed.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/sweep/**'],
    testTimeout: 60_000,
    retry: 0,
    env: undisturbed,
    globalSetup: ['test/rig/temporary.ts', 'test/rig/front-door.ts'],
    maxWorkers: 2,
  },
})
