// `npm start -- ARGS`: set-up, then `ctscope ARGS` in this very process, so that signals and exit codes are its own.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { orOneLine } from './setup/failure.mjs'
import { root } from './setup/paths.mjs'
import { setUp } from './setup/set-up.mjs'

await orOneLine(() => setUp())
const command = path.join(root, 'packages/server/bin/ctscope.js')
process.argv[1] = command
await import(pathToFileURL(command).href)
