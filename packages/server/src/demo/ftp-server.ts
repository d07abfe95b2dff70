/**
 * An FTP server for the demo (RFC 959, 2428): a few files in memory, everybody may log in, both modes. The servers on npm
 * were last released years ago and bring unkept dependencies; a demo needs a page of it.
 */
import { once } from 'node:events'
import { createServer, type Server, Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

/** Sent in so many pieces with a pause between: a data connection that can be watched. */
const PIECES = 8
const PIECE_PAUSE_MS = 300
const DATA_TIMEOUT_MS = 10_000

const FILES: Record<string, Buffer> = {
  'readme.txt': Buffer.from('Hello from the demo.\r\n'),
  'report.csv': Buffer.alloc(96 * 1024, 'day,connections\r\n'),
  'photo.bin': Buffer.alloc(512 * 1024, 0x55),
}

/** Serves until it is closed. @param port 0: any */
export async function startFtpServer(host: string, port: number): Promise<Server> {
  const server = createServer((socket) => {
    new Session(socket)
  })
  server.listen({ host, port })
  await once(server, 'listening')
  return server
}

class Session {
  private readonly control: Socket
  /** How the data connection comes about, as negotiated last. */
  private data: (() => Promise<Socket>) | null = null

  constructor(control: Socket) {
    this.control = control
    control.on('error', () => undefined)
    this.reply(220, 'demo')
    void this.serve()
  }

  private async serve(): Promise<void> {
    for await (const line of createInterface({ input: this.control })) {
      const [, verb = '', argument = ''] = /^(\S*) ?(.*)$/.exec(line) ?? []
      try {
        await this.obey(verb.toUpperCase(), argument)
      } catch {
        this.reply(425, 'no data connection')
      }
    }
  }

  private async obey(verb: string, argument: string): Promise<void> {
    switch (verb) {
      case 'USER':
        return this.reply(331, 'any password will do')
      case 'PASS':
        return this.reply(230, 'welcome')
      case 'PASV':
      case 'EPSV':
        return this.listen(verb)
      case 'PORT':
      case 'EPRT':
        return this.willConnect(verb, argument)
      case 'LIST':
        return this.send(Buffer.from(listing()), 1)
      case 'RETR': {
        const file = FILES[argument]
        return file === undefined ? this.reply(550, 'no such file') : this.send(file, PIECES)
      }
      case 'STOR':
        return this.receive()
      case 'QUIT':
        this.reply(221, 'goodbye')
        this.control.end()
        return
      case 'FEAT':
        return this.reply(211, 'none')
      case 'TYPE':
      case 'STRU':
      case 'MODE':
      case 'NOOP':
        return this.reply(200, 'as you say')
      case 'PWD':
        return this.reply(257, '"/"')
      default:
        this.reply(502, 'not here')
    }
  }

  private reply(code: number, text: string): void {
    if (this.control.writable) this.control.write(`${code} ${text}\r\n`)
  }

  /** The client connects. */
  private async listen(verb: 'PASV' | 'EPSV'): Promise<void> {
    const host = this.control.localAddress ?? '127.0.0.1'
    const listener = createServer().listen({ host, port: 0 })
    await once(listener, 'listening')
    const { port } = listener.address() as { port: number }
    const connected = once(listener, 'connection', { signal: AbortSignal.timeout(DATA_TIMEOUT_MS) })
    connected.catch(() => undefined).finally(() => listener.close()) // prettier-ignore
    this.data = async () => (await connected)[0] as Socket
    if (verb === 'EPSV') this.reply(229, `entering extended passive mode (|||${port}|)`)
    else this.reply(227, `entering passive mode (${host.replaceAll('.', ',')},${port >> 8},${port & 255})`)
  }

  /** The client listens. Only on its own address: no server connects anywhere for others. */
  private willConnect(verb: 'PORT' | 'EPRT', argument: string): void {
    const bytes = argument.split(',').map(Number)
    const port = verb === 'EPRT' ? Number(argument.split('|')[3]) : (bytes[4] ?? 0) * 256 + (bytes[5] ?? 0)
    const host = this.control.remoteAddress ?? ''
    this.data = async () => {
      const socket = new Socket()
      socket.connect({ host, port })
      await once(socket, 'connect', { signal: AbortSignal.timeout(DATA_TIMEOUT_MS) })
      return socket
    }
    this.reply(200, 'as you say')
  }

  private async send(content: Buffer, pieces: number): Promise<void> {
    const socket = await this.openData()
    const size = Math.ceil(content.length / pieces)
    for (let at = 0; at < content.length && socket.writable; at += size) {
      socket.write(content.subarray(at, at + size))
      if (at + size < content.length) await delay(PIECE_PAUSE_MS)
    }
    socket.end()
    await closed(socket)
    this.reply(226, 'transfer complete')
  }

  private async receive(): Promise<void> {
    const socket = await this.openData()
    socket.on('end', () => socket.end())
    socket.resume()
    await closed(socket)
    this.reply(226, 'transfer complete')
  }

  private async openData(): Promise<Socket> {
    const { data } = this
    this.data = null
    if (data === null) throw new Error('nothing was negotiated')
    this.reply(150, 'here it comes')
    const socket = await data()
    socket.on('error', () => undefined)
    return socket
  }
}

async function closed(socket: Socket): Promise<void> {
  socket.resume()
  if (!socket.closed) await once(socket, 'close')
}

function listing(): string {
  const lines = Object.entries(FILES).map(([name, { length }]) => `-rw-r--r-- 1 demo demo ${length} Nov 22 12:00 ${name}\r\n`)
  return lines.join('')
}
