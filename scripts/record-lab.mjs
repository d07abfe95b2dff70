// `node scripts/record-lab.mjs FILE`: the traffic of the lab's scenarios as a pcap file (packages/server/test/lab). Needs root.
import { runTypeScript } from './build/run-typescript.mjs'

await runTypeScript('packages/server/test/lab/record-main.ts')
