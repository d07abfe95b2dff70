// `npm run setup [-- --tests]`: the set-up alone, for running or also for the tests.
import { orOneLine } from './setup/failure.mjs'
import { setUp } from './setup/set-up.mjs'

await orOneLine(() => setUp({ forTests: process.argv.includes('--tests') }))
