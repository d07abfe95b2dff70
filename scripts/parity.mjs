// `npm run parity [-- OPTIONS]`: our verdicts against the kernel's (packages/engine/test/parity).
import { runTypeScript } from './build/run-typescript.mjs'

await runTypeScript('packages/engine/test/parity/parity-main.ts')
