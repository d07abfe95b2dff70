/** SIP calls and registrations over UDP and TCP (CONNTRACK.md 8.7), with the oddities that real ones have. */
import { bytes } from '../../support/packet-builder.ts'
import type { Random } from './random.ts'
import { type Conversation, type Hosts, type Side, TcpTalk, type Traffic } from './traffic.ts'

const END = '\r\n'
const OTHER_V4 = '10.0.0.77'
const OTHER_V6 = 'fd00::77'

/** One signalling dialogue between two hosts, over either protocol. */
class SipTalk {
  private readonly traffic: Traffic
  private readonly tcp: TcpTalk | null
  readonly hosts: Hosts
  private readonly clientPort: number
  cseq: number

  constructor(traffic: Traffic, hosts: Hosts, tcp: TcpTalk | null, clientPort: number) {
    this.traffic = traffic
    this.hosts = hosts
    this.tcp = tcp
    this.clientPort = clientPort
    this.cseq = traffic.random.range(0, 4)
  }

  *say(side: Side, ...messages: string[]): Conversation {
    const { traffic, hosts, tcp } = this
    const all = bytes(...messages.map((message) => traffic.bent(message)))
    if (tcp !== null) {
      yield* tcp.say(side, all)
      return
    }
    const [client, server] = hosts
    if (side === 0) traffic.udp(client, this.clientPort, server, 5060, all)
    else traffic.udp(server, 5060, client, this.clientPort, all)
    yield
  }

  get transport(): string {
    return this.tcp === null ? 'UDP' : 'TCP'
  }
}

export function* sip(traffic: Traffic): Conversation {
  yield* dialogue(traffic, null)
}

export function* sipTcp(traffic: Traffic): Conversation {
  const hosts = traffic.hosts(true)
  const tcp = new TcpTalk(traffic, hosts, [traffic.port(), 5060])
  yield* tcp.open()
  yield* dialogue(traffic, tcp)
}

function* dialogue(traffic: Traffic, tcp: TcpTalk | null): Conversation {
  const { random } = traffic
  const talk = new SipTalk(traffic, tcp?.hosts ?? traffic.hosts(true), tcp, random.pick([5060, 5061, traffic.port()]))
  for (let i = random.range(1, 6); i > 0; i--) {
    yield* random.chance(0.45) ? registration(traffic, talk) : call(traffic, talk)
    if (random.chance(0.05)) yield* talk.say(random.pick([0, 1]), random.pick(['\r\n\r\n', 'x', 'OPTIONS sip:b@c SIP/2.0\r\n\r\n']))
  }
}

function* call(traffic: Traffic, talk: SipTalk): Conversation {
  const { random } = traffic
  const caller: Side = random.chance(0.75) ? 0 : 1
  const callee: Side = caller === 0 ? 1 : 0
  const cseq = ++talk.cseq
  const callerPorts = mediaPorts(random)
  const calleePorts = mediaPorts(random)
  const method = random.pick(['INVITE', 'INVITE', 'INVITE', 'UPDATE', 'PRACK', 'invite'])
  const offer = message(random, talk, caller, `${method} ${uri(random, talk.hosts[callee])} SIP/2.0`, cseq, method, {
    body: sdp(random, talk.hosts[caller], callerPorts),
  })
  yield* talk.say(caller, offer)
  if (random.chance(0.2)) yield* talk.say(caller, offer)
  const code = random.pick([
    '100 Trying',
    '180 Ringing',
    '183 Progress',
    '200 OK',
    '200 OK',
    '486 Busy',
    '302 Moved',
    '0 x',
    'abc',
    '99 x',
    '300 x',
  ])
  const answerSeq = random.chance(0.9) ? cseq : cseq + 1
  const body = random.chance(0.8) ? sdp(random, talk.hosts[callee], calleePorts) : ''
  const answer = message(random, talk, callee, `SIP/2.0 ${code}`, answerSeq, method, { body })
  yield* random.chance(0.1) ? talk.say(callee, answer, answer) : talk.say(callee, answer)
  if (random.chance(0.7)) yield* media(traffic, talk.hosts, caller, callerPorts)
  if (random.chance(0.7)) yield* media(traffic, talk.hosts, callee, calleePorts)
  if (random.chance(0.5))
    yield* talk.say(caller, message(random, talk, caller, `ACK ${uri(random, talk.hosts[callee])} SIP/2.0`, cseq, 'ACK', {}))
  if (random.chance(0.4)) yield* talk.say(random.pick([0, 1]), message(random, talk, caller, 'BYE sip:b@x SIP/2.0', ++talk.cseq, 'BYE', {}))
}

function* registration(traffic: Traffic, talk: SipTalk): Conversation {
  const { random } = traffic
  const [client, server] = talk.hosts
  const side: Side = random.chance(0.9) ? 0 : 1
  const cseq = ++talk.cseq
  const port = random.pick([5060, 5070, 5071, traffic.port(), 80, 0])
  const own = talk.hosts[side]
  const headers = () =>
    [contact(random, own, port), random.chance(0.6) ? `Expires: ${random.pick(['600', '300', '0', 'x', '010', ''])}` : ''].filter(
      (h) => h !== '',
    )
  yield* talk.say(side, message(random, talk, side, `REGISTER sip:${server} SIP/2.0`, cseq, 'REGISTER', { headers: headers() }))
  if (random.chance(0.3)) yield* incoming(traffic, server, client, port)
  const code = random.pick(['100 Trying', '200 OK', '200 OK', '200 OK', '401 Unauthorized', '299 x', '403 Forbidden'])
  const other: Side = side === 0 ? 1 : 0
  const answerSeq = random.chance(0.9) ? cseq : cseq - 1
  yield* talk.say(other, message(random, talk, other, `SIP/2.0 ${code}`, answerSeq, 'REGISTER', { headers: headers() }))
  if (random.chance(0.7)) yield* incoming(traffic, server, client, port)
}

/** A call that comes in where the client registered: a child with the helper, which may announce media itself. */
function* incoming(traffic: Traffic, server: string, client: string, port: number): Conversation {
  const { random } = traffic
  const from = random.pick([5060, traffic.port()])
  const invite = `INVITE sip:a@x SIP/2.0\r\nCSeq: 7 INVITE\r\n\r\n${sdp(random, server, mediaPorts(random))}`
  traffic.udp(server, from, client, port, random.chance(0.5) ? traffic.bent(invite) : 'x'.repeat(20))
  yield
  if (random.chance(0.5))
    traffic.udp(
      client,
      port,
      server,
      from,
      `REGISTER sip:a@x SIP/2.0\r\nCSeq: 8 REGISTER\r\nExpires: 60\r\nContact: <sip:a@${client}:5099>\r\n\r\n`,
    )
  yield
}

function* media(traffic: Traffic, hosts: Hosts, side: Side, ports: readonly number[]): Conversation {
  const { random } = traffic
  for (const port of ports) {
    const target = random.pick([port, port ^ 1])
    traffic.udp(hosts[side === 0 ? 1 : 0], traffic.port(), hosts[side], target & 0xffff, 'rtp')
    yield
  }
}

function mediaPorts(random: Random): number[] {
  return Array.from({ length: random.range(1, 5) }, () =>
    random.pick([6000, 6001, 6002, 6010, random.range(1024, 65536), random.range(1024, 65536)]),
  )
}

function uri(random: Random, host: string): string {
  return random.pick([`sip:bob@${bracketed(host)}`, 'sip:bob', 'tel:123', '<sip:x>'])
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function contact(random: Random, own: string, port: number): string {
  const host = random.chance(0.85) ? own : random.pick([own.includes(':') ? OTHER_V6 : OTHER_V4, 'host.example', '10.0.0.300', '10.0.0'])
  const at = random.pick([`sip:a@${bracketed(host)}`, `sip:${bracketed(host)}`, `SIP:a@${bracketed(host)}`, `sips:a@${bracketed(host)}`])
  const withPort = random.chance(0.85) ? `${at}:${port}` : at
  const parameters = random.pick(['', '', ';transport=udp', ';transport=TCP', ';transport=tls', ';ob'])
  const expires = random.pick([
    '',
    '',
    ';expires=300',
    ';expires=0',
    ';expires=x',
    ';expires=',
    ';expires=0x10',
    ';expires=08',
    ';q=0.5;expires=60',
  ])
  const one = random.pick([
    `<${withPort}${parameters}>${expires}`,
    `${withPort}${parameters}${expires}`,
    `"A, B" <${withPort}${parameters}>${expires}`,
  ])
  const two = random.chance(0.2) ? `, <sip:c@${bracketed(own)}:${port + 1}>;expires=90` : ''
  const name = random.pick(['Contact: ', 'Contact: ', 'm: ', 'contact:', 'CONTACT : ', 'Contact:\r\n ', 'Contacts: ', 'm-x: '])
  return name + one + two
}

/** A session description; a medium a port, their own addresses now and then, the whole one's missing now and then. */
function sdp(random: Random, own: string, ports: readonly number[]): string {
  const family = own.includes(':') ? 'IP6' : 'IP4'
  const elsewhere = own.includes(':') ? OTHER_V6 : OTHER_V4
  const host = () => (random.chance(0.9) ? own : random.pick([elsewhere, 'host.example', '0.0.0.0', '10.0.0.256']))
  const connection = () => `c=IN ${random.chance(0.97) ? family : 'IP4'} ${host()}${random.pick(['', '', '', '/127', ' ', 'x', 'a'])}${END}`
  const eol = random.chance(0.1) ? '\n' : END
  let text = `v=0${eol}o=- 1 1 IN ${family} ${own}${eol}s=-${eol}${random.chance(0.85) ? connection() : ''}t=0 0${eol}`
  for (const port of ports) {
    const type = random.pick(['audio', 'audio', 'audio', 'video', 'image', 'application', 'Audio', 'x-y'])
    const number = random.pick([String(port), String(port), String(port), String(port), '0', '80', '70000', `${port}/2`, ''])
    text += `m=${type} ${number} RTP/AVP 0${eol}${random.chance(0.2) ? connection() : ''}a=sendrecv${eol}`
  }
  return text
}

interface Parts {
  body?: string
  headers?: readonly string[]
}

function message(
  random: Random,
  talk: SipTalk,
  side: Side,
  first: string,
  cseq: number,
  method: string,
  { body = '', headers = [] }: Parts,
): string {
  const host = bracketed(talk.hosts[side])
  const cseqName = random.pick(['CSeq: ', 'CSeq: ', 'CSeq: ', 'cseq:', 'CSeq : ', 'CSeq:  ', 'CSeq:\r\n  '])
  const lines = [
    `Via: SIP/2.0/${talk.transport} ${host}:5060;branch=z9hG4bK1`,
    `From: <sip:a@${host}>;tag=1`,
    'To: <sip:b@example.com>',
    ...headers,
    random.chance(0.97) ? `${cseqName}${cseq} ${method}` : '',
    random.chance(0.95) ? `${random.pick(['Content-Length: ', 'Content-Length: ', 'l: ', 'content-length:'])}${body.length}` : '',
  ].filter((line) => line !== '')
  if (random.chance(0.15)) lines.reverse()
  const eol = random.chance(0.05) ? '\n' : END
  return [first, ...lines, '', body].join(eol)
}
