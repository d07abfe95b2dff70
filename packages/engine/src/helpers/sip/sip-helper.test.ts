import { describe, expect, it } from 'vitest'
import { ipv4, udp } from '../../../test/support/packet-builder.ts'
import { CLIENT, Scenario, SERVER } from '../../../test/support/scenario.ts'
import { expectationsOf, Talk } from '../../../test/support/talk.ts'

const sdp = (host: string, ...media: string[]) =>
  `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\n${media.map((m) => `m=${m}\r\n`).join('')}`
const message = (first: string, cseq: string, body = '', headers = '') =>
  `${first}\r\nVia: SIP/2.0/UDP 10.1.0.2:5060\r\nCSeq: ${cseq}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`
const invite = (...media: string[]) => message('INVITE sip:b@10.2.0.2 SIP/2.0', '1 INVITE', sdp(CLIENT, ...media))
const register = (headers: string, cseq = 1) => message('REGISTER sip:10.2.0.2 SIP/2.0', `${cseq} REGISTER`, '', headers)

const say = (s: Scenario, side: 'A' | 'B', payload: string) => s.udp(side, { srcPort: 5060, dstPort: 5060, payload })
const toClient = (port: number, mediaClass: number) => `${SERVER}:0>${CLIENT}:${port} class ${mediaClass}`
const toServer = (port: number, mediaClass: number) => `${CLIENT}:0>${SERVER}:${port} class ${mediaClass}`

/** Ports that one INVITE leads to. */
function after(payload: string): Scenario {
  const s = new Scenario()
  say(s, 'A', payload)
  return s
}

describe('CONNTRACK.md 8.7: SIP calls', () => {
  it('#83 INVITE, 200 OK with both sides’ media, BYE', () => {
    const s = new Scenario()
    expect(say(s, 'A', invite('audio 6001 RTP/AVP 0'))).toBe('N')
    expect(s.takeEvents()).toEqual(['EXP_NEW', 'EXP_NEW', 'NEW HELPER'])
    expect(s.entry).toBe('3600 HELPER')
    expect(expectationsOf(s)).toEqual([toClient(6001, 1), toClient(6000, 1)])
    say(s, 'B', message('SIP/2.0 200 OK', '1 INVITE', sdp(SERVER, 'audio 7000 RTP/AVP 0', 'video 7002 RTP/AVP 0')))
    expect(expectationsOf(s)).toEqual([
      toServer(7003, 2),
      toServer(7002, 2),
      toServer(7001, 1),
      toServer(7000, 1),
      toClient(6001, 1),
      toClient(6000, 1),
    ])
    expect(s.udp('B', { srcPort: 7000, dstPort: 6000 })).toBe('R')
    say(s, 'A', message('BYE sip:b@10.2.0.2 SIP/2.0', '2 BYE'))
    expect(s.expectations).toBe(0)
    expect(s.whyCode).toBe('EXPECTATIONS_REMOVED')
  })

  it.each([
    ['image', invite('image 6012 udptl t38'), [toClient(6013, 3), toClient(6012, 3)]],
    ['a number of ports', invite('audio 6014/2 RTP/AVP 0'), [toClient(6015, 1), toClient(6014, 1)]],
    ['port 0', invite('audio 0 RTP/AVP 0'), []],
    ['another medium', invite('application 6010 x'), []],
    ['no session description', message('INVITE sip:b@x SIP/2.0', '1 INVITE', 'hello'), []],
    [
      'the medium’s own address',
      message('INVITE sip:b@x SIP/2.0', '1 INVITE', `v=0\r\nm=audio 6010 x\r\nc=IN IP4 ${CLIENT}\r\n`),
      [toClient(6011, 1), toClient(6010, 1)],
    ],
    ['OPTIONS', invite('audio 6000 x').replace('INVITE', 'OPTIONS'), []],
    ['INVITEX', invite('audio 6000 x').replace('INVITE', 'INVITEX'), []],
    ['too short', 'short', []],
  ])('%s', (_, payload, ports) => {
    const s = after(payload)
    expect(expectationsOf(s)).toEqual(ports)
    expect(s.wouldDrop).toBe('')
  })

  it.each([
    ['port below 1024', invite('audio 1000 x'), 'SIP_MEDIA_PORT'],
    ['port above 65535', invite('audio 70000 x'), 'SIP_MEDIA_PORT'],
    ['no address', message('INVITE sip:b@x SIP/2.0', '1 INVITE', 'v=0\r\nm=audio 6010 x\r\n'), 'SIP_NO_MEDIA_ADDRESS'],
    ['no CSeq', 'INVITE sip:b@x SIP/2.0\r\nVia: x\r\n\r\n', 'SIP_NO_CSEQ'],
    ['no status code', 'SIP/2.0 xyz foo bar\r\n\r\n', 'SIP_BAD_STATUS'],
    ['a response without CSeq', 'SIP/2.0 200 OK foo bar\r\n\r\n', 'SIP_NO_CSEQ'],
  ])('%s: dropped', (_, payload, code) => {
    const s = after(payload)
    expect([s.wouldDrop, s.whyCode, s.expectations, s.entries]).toEqual(['helper-rejected', code, 0, 0])
  })

  it('media of another host: accepted, none raised', () => {
    const s = after(message('INVITE sip:b@x SIP/2.0', '1 INVITE', sdp('10.1.0.9', 'audio 6000 x')))
    expect([s.wouldDrop, s.whyCode, s.expectations]).toEqual(['', 'ANNOUNCED_ADDRESS_DIFFERS', 0])
  })

  it.each([
    ['the INVITE’s', '1 INVITE', 0],
    ['another', '2 INVITE', 2],
  ])('486 with %s CSeq', (_, cseq, left) => {
    const s = after(invite('audio 6000 x'))
    say(s, 'B', message('SIP/2.0 486 Busy', cseq))
    expect(s.expectations).toBe(left)
  })

  it('the same media announced on another connection are expected once', () => {
    const s = after(invite('audio 6000 x'))
    s.udp('A', { srcPort: 5061, dstPort: 5060, payload: invite('audio 6000 x') })
    expect([s.wouldDrop, s.expectations]).toEqual(['', 2])
  })

  it('7.2: an ICMP error that the client sends about an answer keeps the connection, too', () => {
    const s = after(invite('audio 0 x'))
    const answer = ipv4(udp({ srcPort: 5060, dstPort: 5060, payload: 'SIP/2.0 200 OK' }), { src: SERVER, dst: CLIENT })
    expect(s.wait(3000).entry).toBe('3597 HELPER')
    expect(s.icmp('A', { type: 3, code: 3, body: answer })).toBe('R')
    expect(s.entry).toBe('3600 HELPER')
  })
})

describe('CONNTRACK.md 8.7: SIP registrations', () => {
  const contact = `Contact: <sip:a@${CLIENT}:5070>\r\nExpires: 600\r\n`

  it('#84 REGISTER, a packet to the contact, 200 OK, a call that comes in', () => {
    const s = after(register(contact))
    expect(expectationsOf(s)).toEqual([`${SERVER}:0>${CLIENT}:5070 class 0 PERMANENT INACTIVE`])
    expect(s.udp('B', { srcPort: 9999, dstPort: 5070 })).toBe('N')
    say(s, 'B', message('SIP/2.0 200 OK', '1 REGISTER', '', `Contact: <sip:a@${CLIENT}:5070>;expires=300\r\n`))
    expect(expectationsOf(s)).toEqual([`${SERVER}:0>${CLIENT}:5070 class 0 PERMANENT`])
    expect(s.whyCode).toBe('SIP_ACTIVATED')
    expect(s.udp('B', { srcPort: 9998, dstPort: 5070, payload: 'INVITE sip:a@10.1.0.2 SIP/2.0\r\nCSeq: 5 INVITE\r\n\r\n' })).toBe('R')
    expect(s.entry).toBe('3600 EXPECTED')
    s.wait(299_000).expire()
    expect(s.expectations).toBe(1)
    s.wait(1000).expire()
    expect(s.expectations).toBe(0)
  })

  it('expires=0 is taken back by the answer', () => {
    const s = after(register(contact))
    say(s, 'A', register(contact.replace('600', '0'), 2))
    expect(s.expectations).toBe(1)
    say(s, 'B', message('SIP/2.0 200 OK', '2 REGISTER'))
    expect(s.expectations).toBe(0)
  })

  it.each([
    ['401', message('SIP/2.0 401 Unauthorized', '1 REGISTER'), 0],
    ['100', message('SIP/2.0 100 Trying', '1 REGISTER'), 1],
    ['another CSeq', message('SIP/2.0 200 OK', '7 REGISTER'), 1],
  ])('%s', (_, answer, left) => {
    const s = after(register(contact))
    say(s, 'B', answer)
    expect(s.expectations).toBe(left)
  })

  it.each([
    ['default port', `Contact: <sip:a@${CLIENT}>\r\nExpires: 600\r\n`, 5060],
    ['compact name, expires of its own', `m: <sip:a@${CLIENT}:5072>;expires=60\r\n`, 5072],
    ['folded', `Contact:\r\n <sip:a@${CLIENT}:5073>\r\nExpires: 9\r\n`, 5073],
    ['its own transport', `Contact: <sip:a@${CLIENT}:5074;transport=udp>\r\nExpires: 9\r\n`, 5074],
    ['a Contact that cannot be read before it', `Contact: <sip:a@host>\r\n${contact}`, 5070],
  ])('%s: port %#', (_, headers, port) => {
    expect(expectationsOf(after(register(headers)))).toEqual([`${SERVER}:0>${CLIENT}:${port} class 0 PERMANENT INACTIVE`])
  })

  it.each([
    ['third party', contact.replace(CLIENT, '10.1.0.3'), 'ANNOUNCED_ADDRESS_DIFFERS'],
    ['no contact', 'Expires: 600\r\n', 'SIP_NO_CONTACT'],
    ['no expiry', `Contact: <sip:a@${CLIENT}:5071>\r\n`, 'SIP_EXPIRES_ZERO'],
    ['port 80', contact.replace('5070', '80'), 'SIP_NO_CONTACT'],
    ['a host name', contact.replace(CLIENT, 'host'), 'SIP_NO_CONTACT'],
    ['a letter right after the address', `Contact: <sip:a@${CLIENT}a>\r\nExpires: 9\r\n`, 'SIP_NO_CONTACT'],
    ['TCP', contact.replace('>', ';transport=tcp>'), 'SIP_TRANSPORT_DIFFERS'],
  ])('%s: none', (_, headers, code) => {
    const s = after(register(headers))
    expect([s.wouldDrop, s.whyCode, s.expectations]).toEqual(['', code, 0])
  })

  it('expires that is not a number: dropped', () => {
    expect(after(register(`Contact: <sip:a@${CLIENT}:5070>;expires=x\r\n`)).whyCode).toBe('SIP_BAD_EXPIRES')
  })
})

describe('CONNTRACK.md 8.7: SIP over TCP', () => {
  it.each([
    ['#93 two messages in one segment', invite('audio 6000 x') + invite('audio 6010 x').replaceAll('INVITE', 'UPDATE'), 4, ''],
    ['#93 cut short', invite('audio 6000 x').slice(0, -3), 0, 'SIP_INCOMPLETE'],
    ['#93 without Content-Length', invite('audio 6000 x').replace('Content-Length', 'X'), 0, 'SIP_NO_LENGTH'],
  ])('%s', (_, payload, count, code) => {
    const s = new Scenario({ port: 5060 })
    const talk = new Talk(s)
    talk.say('A', payload)
    expect(s.expectations).toBe(count)
    expect(s.entry).toBe('ESTABLISHED 3600 ASSURED HELPER')
    if (code !== '') expect(s.whyCode).toBe(code)
  })
})
