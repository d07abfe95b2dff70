import { defineProject } from 'vitest/config'

export default defineProject({
  resolve: { conditions: ['@ctscope/source'] },
  ssr: { resolve: { conditions: ['@ctscope/source', 'node', 'module', 'development|production'] } },
  test: {
    name: 'server',
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.{ts,tsx}'],
    // A busy machine is no failure.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
