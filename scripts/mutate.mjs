// `node scripts/mutate.mjs [tcp] [sctp] [window]`: does parity notice when the engine is broken (packages/engine/test/parity/mutate)? Takes half an hour and root.
import { runTypeScript } from './build/run-typescript.mjs'

await runTypeScript('packages/engine/test/parity/mutate/mutate-main.ts', { hooks: './mutation-hooks.mjs' })
