/** Conversations of the helpers with little to say: TFTP, IRC, SANE, Amanda, NetBIOS name service, SNMP (CONNTRACK.md 8.1–8.5). */
import { address, be16, be32, bytes } from '../../support/packet-builder.ts'
import { TcpFlag } from '../../../src/wire/tcp.ts'
import { type Conversation, TcpTalk, type Traffic } from './traffic.ts'

const SECOND_HOST = '10.0.0.9'

export function* tftp(traffic: Traffic): Conversation {
  const { random } = traffic
  const [client, server] = traffic.hosts(true)
  const port = random.pick([traffic.port(), 2000, 2001])
  for (let i = random.range(1, 4); i > 0; i--) {
    const request = traffic.bent(bytes(be16(random.pick([1, 2, 1, 2, 3, 5, 6])), 'file\0octet\0'))
    traffic.udp(client, port, server, 69, request)
    yield
    if (random.chance(0.2)) {
      traffic.udp(server, 69, client, port, traffic.bent(bytes(be16(random.pick([1, 2, 3, 5])), be16(1), 'x')))
      yield
    }
    const transferPort = traffic.port()
    traffic.udp(random.chance(0.9) ? server : SECOND_HOST, transferPort, client, port, bytes(be16(3), be16(1), 'data'))
    yield
    traffic.udp(client, port, server, transferPort, bytes(be16(4), be16(1)))
    yield
  }
}

export function* irc(traffic: Traffic): Conversation {
  const { random } = traffic
  const [client, server] = traffic.hosts(false)
  const talk = new TcpTalk(traffic, [client, server], [traffic.port(), 6667])
  yield* talk.open()
  for (let i = random.range(1, 12); i > 0; i--) {
    const port = random.pick([traffic.port(), 5001, 5002, 0])
    const own = address(random.chance(0.85) ? client : server).readUInt32BE()
    const number = random.chance(0.05) ? 2 ** 32 + own : own
    const kind = random.pick(['SEND f.txt', 'CHAT chat', 'TSEND f', 'SCHAT x', 'MOVE q', 'RESUME f', 'send f', 'SEND "a b"', 'SEND SEND'])
    const space = random.pick([' ', ' ', ' ', ' ', '  ', ''])
    const offer = `\x01DCC ${kind}${space} ${number}${space} ${port}${random.pick(['', '', ' 1234'])}\x01`
    const text = random.pick(['', '', 'hello', ':x', ' :'])
    const verb = random.pick(['PRIVMSG', 'PRIVMSG', 'privmsg', 'PrivMsg', 'NOTICE'])
    const filler = random.chance(0.05) ? 'x'.repeat(random.range(3900, 4200)) : ''
    const end = random.pick(['\n', '\r\n', '\r\n', ''])
    const line = `${random.pick(['', '', '', ' \r\n ', '\n'])}${verb} bob${text}${filler} :${offer}${end}`
    yield* talk.say(random.chance(0.9) ? 0 : 1, traffic.bent(random.chance(0.1) ? line + line : line))
    if (random.chance(0.5)) yield* attempt(traffic, server, client, port)
  }
}

export function* sane(traffic: Traffic): Conversation {
  const { random } = traffic
  const hosts = traffic.hosts(true)
  const talk = new TcpTalk(traffic, hosts, [traffic.port(), 6566])
  yield* talk.open()
  for (let i = random.range(1, 6); i > 0; i--) {
    yield* talk.say(0, traffic.bent(bytes(be32(random.pick([7, 7, 7, 6])), be32(1), random.chance(0.1) ? 'x' : '')))
    const port = random.pick([traffic.port(), 5555, 0])
    const reply = bytes(be32(random.pick([0, 0, 0, 1])), be16(random.pick([0, 0, 0, 1])), be16(port), random.pick(['', be32(0)]))
    yield* talk.say(random.chance(0.9) ? 1 : 0, traffic.bent(reply))
    if (random.chance(0.6)) yield* attempt(traffic, hosts[0], hosts[1], port)
  }
}

export function* amanda(traffic: Traffic): Conversation {
  const { random } = traffic
  const [client, server] = traffic.hosts(true)
  const port = random.range(700, 710)
  for (let i = random.range(1, 5); i > 0; i--) {
    traffic.udp(client, port, server, 10080, traffic.bent('Amanda 2.4 REQ HANDLE 000 SEQ 0\nSERVICE sendbackup\n'))
    yield
    const ports = [traffic.port(), traffic.port(), random.pick([traffic.port(), 0, 70000])]
    const streams = random.pick([
      `DATA ${ports[0]} MESG ${ports[1]} INDEX ${ports[2]}`,
      `INDEX ${ports[2]} DATA ${ports[0]}`,
      `STATE ${ports[0]} MESG ${ports[1]}`,
      `DATA ${ports[0]} DATA ${ports[1]}`,
      `DATA ${ports[0]} MESG ${ports[0]}`,
      `DATA ${ports[0]} MESG ${ports[1]} INDEX ${ports[2]} STATE ${traffic.port()}`,
    ])
    const reply = `Amanda 2.4 REP HANDLE 000 SEQ 0\nCONNECT ${streams}${random.pick(['\n', '\n', '\r\n', ''])}OPTIONS ;\n`
    const [from, to] = random.chance(0.9) ? [server, client] : [client, server]
    const payload = random.chance(0.05) ? '' : traffic.bent(reply)
    traffic.udp(from, from === server ? 10080 : port, to, from === server ? port : 10080, payload)
    yield
    for (const announced of ports) if (random.chance(0.5)) yield* attempt(traffic, client, server, announced & 0xffff)
  }
}

export function* netbios(traffic: Traffic): Conversation {
  const { random } = traffic
  const [client, server] = traffic.hosts(false)
  const port = random.pick([137, traffic.port()])
  const query = bytes(
    be16(random.range(0, 65536)),
    be16(0x0110),
    be16(1),
    be16(0),
    be16(0),
    be16(0),
    ' CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0',
    be16(33),
    be16(1),
  )
  traffic.udp(client, port, random.pick([server, '10.0.0.255', '255.255.255.255']), 137, traffic.bent(query))
  yield
  traffic.udp(server, 137, client, port, traffic.bent(query))
  yield
}

export function* snmp(traffic: Traffic): Conversation {
  const { random } = traffic
  const [client, server] = traffic.hosts(false)
  const port = traffic.port()
  const request = Buffer.from('302902010104067075626c6963a01c02043a1b0000020100020100300e300c06082b060102010101000500', 'hex')
  traffic.udp(client, port, random.pick([server, '10.0.0.255']), 161, traffic.bent(request))
  yield
  traffic.udp(server, 161, client, port, traffic.bent(request))
  yield
}

/** Someone tries what was announced: TCP, by the opening segments, sometimes mid-stream or with a reset. */
export function* attempt(traffic: Traffic, from: string, to: string, port: number): Conversation {
  const { random } = traffic
  const talk = new TcpTalk(traffic, [random.chance(0.1) && !from.includes(':') ? SECOND_HOST : from, to], [traffic.port(), port])
  if (random.chance(0.1)) talk.segment(0, random.pick([TcpFlag.Ack, TcpFlag.Rst, TcpFlag.Fin]), [])
  yield* talk.open()
  if (random.chance(0.2)) talk.reset(random.pick([0, 1]))
}
