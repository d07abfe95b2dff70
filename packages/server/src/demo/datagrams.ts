/** UDP of the demo: questions that are answered, one that never is, one that nobody listens to. */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

const QUESTION_LEN = 12
/** The flag that makes a DNS message an answer (RFC 1035 4.1.1). */
const IS_ANSWER = 0x80
/** Nobody is waited for longer. */
const PATIENCE_MS = 500

/** A bound socket; `onMessage` null: it never answers. */
export async function bindUdp(
  host: string,
  port: number,
  onMessage: ((message: Buffer, reply: (answer: Buffer) => void) => void) | null,
): Promise<Socket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  socket.on('error', () => undefined)
  socket.on('message', (message, from) => {
    onMessage?.(message, (answer) => {
      socket.send(answer, from.port, from.address)
    })
  })
  socket.bind(port, host)
  await once(socket, 'listening')
  return socket
}

/** Answers each question with an address: RFC 1035 4.1. */
export function answerDns(question: Buffer, reply: (answer: Buffer) => void): void {
  if (question.length < QUESTION_LEN) return
  const address = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1])
  const answer = Buffer.concat([question, address])
  answer[2] = answer[2]! | IS_ANSWER
  answer.writeUInt16BE(1, 6)
  reply(answer)
}

/** Whether `name` has an A record; from a port of its own. */
export function dnsQuestion(name: string): Buffer {
  const head = Buffer.from([Math.random() * 256, Math.random() * 256, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([head, ...labels, Buffer.from([0, 0, 1, 0, 1])])
}

/** Sends once from a new port, and closes after an answer, an ICMP error, or when it waited long enough. */
export function askOnce(host: string, port: number, message: Buffer): void {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  const timer = setTimeout(() => socket.close(), PATIENCE_MS)
  const end = () => {
    clearTimeout(timer)
    socket.close()
  }
  socket.once('message', end)
  socket.once('error', end)
  // Connected, so that the error of a closed port comes back to it.
  socket.connect(port, host, () => {
    socket.send(message)
  })
}
