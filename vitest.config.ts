import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['packages/*', { test: { name: 'scripts', include: ['scripts/**/*.test.mjs'] } }],
    // The `cap` addon loads on a process's main thread only.
    pool: 'forks',
    // Tests import sources; the processes that they start run dist, which this brings up to date.
    globalSetup: './scripts/test/build-first.mjs',
  },
})
