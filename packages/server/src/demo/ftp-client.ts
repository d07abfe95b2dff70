/** FTP sessions of the demo, one of each kind: by basic-ftp, which does passive mode itself and active mode by its parts. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { Readable, Writable } from 'node:stream'
import { Client } from 'basic-ftp'

type Endpoint = { host: string; port: number }

const sink = () => new Writable({ write: (_chunk, _encoding, done) => { done() } }) // prettier-ignore

/** PASV over IPv4, EPSV over IPv6: a listing, a download, an upload. */
export async function passiveSession(server: Endpoint): Promise<void> {
  await session(server, async (client) => {
    await client.list()
    await client.downloadTo(sink(), 'report.csv')
    await client.uploadFrom(Readable.from([Buffer.alloc(64 * 1024, 0x2a)]), 'upload.bin')
  })
}

/** PORT over IPv4, EPRT over IPv6: a download to which the server connects. */
export async function activeSession(server: Endpoint): Promise<void> {
  await session(server, async (client) => {
    const listener = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('end', () => socket.end())
      socket.resume()
    })
    listener.listen({ host: server.host, port: 0 })
    await once(listener, 'listening')
    try {
      const { port } = listener.address() as { port: number }
      const isV6 = server.host.includes(':')
      await client.send(isV6 ? `EPRT |2|${server.host}|${port}|` : `PORT ${server.host.replaceAll('.', ',')},${port >> 8},${port & 255}`)
      await client.ftp.handle('RETR photo.bin', (answer, task) => {
        if (answer instanceof Error) task.reject(answer)
        else if (answer.code >= 200) task.resolve(answer)
      })
    } finally {
      listener.close()
    }
  })
}

async function session(server: Endpoint, act: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(15_000)
  try {
    await client.access({ host: server.host, port: server.port, user: 'visitor', password: 'not-a-secret' })
    await act(client)
    await client.send('QUIT')
  } finally {
    client.close()
  }
}
