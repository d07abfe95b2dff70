import { L4 } from '../model/index.ts'
import { u16 } from '../wire/bytes.ts'
import type { Packet } from '../wire/packet.ts'
import { isIPv4, isIPv6 } from 'node:net'

const TCP_PORTS_LEN = 4

/**
 * Recognises the dashboard's own connections: watching must not feed itself. The port alone does not do, since others
 * far away may use the same one.
 * @param addresses this machine's, as text; the loopback ones are meant in any case
 */
export function ownConnections(port: number, addresses: readonly string[]): (packet: Packet) => boolean {
  const local = new Set(addresses.filter((address) => isIPv4(address) || isIPv6(address)).map(keyOfText))
  const isLocal = (packet: Packet, at: 0 | 4) => {
    const a = packet.address
    if (packet.l3 === 4) return a[at]! >>> 24 === 127 || local.has(key4(a[at]!))
    const isLoopback = a[at] === 0 && a[at + 1] === 0 && a[at + 2] === 0 && a[at + 3] === 1
    return isLoopback || local.has(key6(a, at))
  }
  return (packet) => {
    if (packet.l4 !== L4.Tcp || packet.l4End - packet.l4At < TCP_PORTS_LEN) return false
    const { bytes: b, l4At } = packet
    return (u16(b, l4At) === port && isLocal(packet, 0)) || (u16(b, l4At + 2) === port && isLocal(packet, 4))
  }
}

const key4 = (word: number) => `4 ${word}`
const key6 = (words: Uint32Array, at: number) => `6 ${words[at]} ${words[at + 1]} ${words[at + 2]} ${words[at + 3]}`

function keyOfText(address: string): string {
  if (isIPv4(address)) return key4(address.split('.').reduce((word, byte) => ((word << 8) | Number(byte)) >>> 0, 0))
  const [text = ''] = address.split('%')
  // URL writes an address in its one canonical form, with all that `::` stands for still out.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const first = groups(head)
  const last = tail === undefined ? [] : groups(tail)
  const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last]
  const words = Uint32Array.from([0, 2, 4, 6], (i) => (all[i]! << 16) | all[i + 1]!)
  return key6(words, 0)
}
