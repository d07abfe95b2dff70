/**
 * Runs in the client's namespace: `HOST MODE OPERATION FILE`, MODE being PORT, EPRT, PASV or EPSV. OPERATION `abort`
 * begins to download FILE, stops reading, sends ABOR (RFC 959 section 4.1.3) and closes the data connection;
 * `announcement` negotiates and never transfers; `hopeless` and `split` announce as well, in one segment and in two,
 * where a firewall lets it never through, and give up. Prints the dialogue as JSON: lines sent and received in order.
 */
import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

const [host = '', mode = '', operation = '', file = ''] = process.argv.slice(2)
const CONTROL_PORT = 21
/** Enough that the transfer is under way on both sides. */
const READ_BEFORE_ABORT_BYTES = 100_000
const BETWEEN_SEGMENTS_MS = 100
/** TCP repeats a segment after 200 ms at the soonest, then in twice the time. */
const LONG_ENOUGH_TO_REPEAT_MS = 1_500
/** Nobody listens there. One each: a second expectation of the same port is a clash, and the packet is dropped (CONNTRACK.md 6.2). */
const UNUSED_PORTS: Readonly<Record<string, number>> = { PORT: 4_998, EPRT: 4_999 }

const dialogue: string[] = []
const control = connect(CONTROL_PORT, host).setNoDelay(true)
const replies = linesOf(control)

await reply()
await command('USER anonymous')
await command('PASS lab@example.org')
await command('TYPE I')
const unused = isPassive() ? mode : announcement(UNUSED_PORTS[mode] as number)
if (operation === 'hopeless' || operation === 'split') {
  if (operation === 'split') await sendInTwoSegments(unused)
  else send(unused)
  await delay(LONG_ENOUGH_TO_REPEAT_MS)
  control.resetAndDestroy()
} else {
  if (operation === 'abort') await abort(file)
  else await command(unused)
  await command('QUIT')
  control.end()
}
process.stdout.write(JSON.stringify(dialogue))
process.exit(0)

async function abort(path: string): Promise<void> {
  const data = await transfer(`RETR ${path}`)
  data.on('error', () => undefined)
  await readSome(data)
  send('ABOR')
  data.destroy()
  // 426 for the transfer, 226 (or 225) for ABOR itself.
  await reply()
  await reply()
}

function isPassive(): boolean {
  return mode === 'PASV' || mode === 'EPSV'
}

/** Negotiates, starts the transfer, gives the data connection. */
async function transfer(start: string): Promise<Socket> {
  if (isPassive()) {
    const port = passivePort(await command(mode))
    const socket = connect(port, host)
    await once(socket, 'connect')
    await command(start)
    return socket
  }
  const server = createServer().listen(0, control.localAddress)
  await once(server, 'listening')
  await command(announcement((server.address() as { port: number }).port))
  const arrival = once(server, 'connection') as Promise<[Socket]>
  await command(start)
  const [socket] = await arrival
  server.close()
  return socket
}

function announcement(port: number): string {
  const address = control.localAddress as string
  if (mode === 'EPRT') return `EPRT |${address.includes(':') ? 2 : 1}|${address}|${port}|`
  return `PORT ${address.replaceAll('.', ',')},${port >> 8},${port & 255}`
}

function passivePort(text: string): number {
  const extended = /\(\|\|\|(\d+)\|\)/.exec(text)?.[1]
  if (extended !== undefined) return Number(extended)
  const numbers = /\((\d+(?:,\d+){5})\)/.exec(text)?.[1]?.split(',').map(Number)
  if (!numbers) throw new Error(`no port in: ${text}`)
  return ((numbers[4] as number) << 8) | (numbers[5] as number)
}

async function readSome(socket: Socket): Promise<void> {
  let got = 0
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    got += (chunk as Buffer).length
    if (got >= READ_BEFORE_ABORT_BYTES) break
  }
  socket.pause()
}

async function sendInTwoSegments(text: string): Promise<void> {
  dialogue.push(`> ${text}`)
  control.write(text.slice(0, 2))
  await delay(BETWEEN_SEGMENTS_MS)
  control.write(`${text.slice(2)}\r\n`)
}

async function command(text: string): Promise<string> {
  send(text)
  return reply()
}

function send(text: string): void {
  dialogue.push(`> ${text}`)
  control.write(`${text}\r\n`)
}

/** The last line of the next reply (RFC 959 section 4.2). */
async function reply(): Promise<string> {
  for (;;) {
    const { value, done } = await replies.next()
    if (done) throw new Error(`the control connection ended after: ${dialogue.join(' / ')}`)
    dialogue.push(`< ${value}`)
    if (/^\d{3} /.test(value)) return value
  }
}

async function* linesOf(socket: Socket): AsyncGenerator<string, void> {
  let rest = ''
  for await (const chunk of socket.setEncoding('latin1')) {
    const lines = (rest + (chunk as string)).split('\r\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
