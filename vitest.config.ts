import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/sweep/**'],
    testTimeout: 60_000,
    retry: 0,
    maxWorkers: 2,
  },
})
