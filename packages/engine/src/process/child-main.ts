/**
 * The engine's process. It opens its source, gives up every right on every thread, makes sure of it, and only then reads
 * the first packet. Its channel is descriptor 3; it ends when that closes.
 */
import { closeInspector, dropRights, restartWithoutRings } from './rights.ts'

closeInspector(process.env.CTSCOPE_DEV !== undefined)
restartWithoutRings()

const { runChild } = await import('./child.ts')
await runChild(process.argv[2] ?? '', dropRights)
