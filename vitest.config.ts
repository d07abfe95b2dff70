import { defineConfig } from 'vitest/config'

export default defineConfig({
  // `forks`: the `cap` addon loads on a process's main thread only.
  test: { projects: ['packages/*'], pool: 'forks', passWithNoTests: true },
})
