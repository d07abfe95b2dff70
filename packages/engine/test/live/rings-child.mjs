// A process that holds io_uring rings (Node 22 and later always do, Node 20 when UV_USE_IO_URING says so) and goes
// through an engine's first steps, telling each on its standard output.
import { readdirSync, readlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { openLive } from '../../dist/capture/live.js'
import { dropRights, restartWithoutRings } from '../../dist/process/rights.js'

const openRings = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('io_uring')
    } catch {
      return false
    }
  }).length

await readFile('/proc/self/stat') // Node 20 makes its ring at the first use
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)
say({ pid: process.pid, arguments: process.argv.slice(2), options: process.execArgv, rings: openRings() })
if (process.env.RESTART === 'yes') restartWithoutRings()

const source = openLive('lo')
let refusal = null
try {
  dropRights({ captureFds: [source.fd] })
} catch (error) {
  refusal = error.message
}
say({ refusal, link: source.linkType })
source.close()
// The descriptor that the parent handed over is still there.
new Socket({ fd: 3, writable: true }).end('over the channel')
