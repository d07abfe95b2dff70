/**
 * The dialogue of FTP control connections, line by line, for display (RFC 959 4, RFC 2228, RFC 4217). It decides nothing.
 *
 * Secrets: a line of the client's is shown only when it was seen from its start and in sequence; an argument only when its
 * verb is known to carry no secret. What cannot be placed is left out, and so are replies that hold what was blanked, or
 * that have no reply's form. After AUTH TLS nothing is readable any more.
 */
import { Dir } from '../../model/index.ts'
import type { Packet } from '../../wire/packet.ts'
import { DecodeStatus } from '../../wire/status.ts'
import { TcpFlag, TcpHeader } from '../../wire/tcp.ts'

export type FtpLine = {
  connection: number
  packet: number
  dir: Dir
  kind: 'command' | 'reply' | 'tls'
  /** Without its end; secrets blanked, control characters as they came. */
  text: string
}

/** Verbs whose arguments are shown: RFC 959, 2228, 2389, 2428, 3659, 4217, and common ones of old. */
const HARMLESS = new Set(
  `ABOR ALLO APPE AUTH CCC CDUP CLNT CWD DELE EPRT EPSV FEAT HASH HELP HOST LANG LIST MDTM MFF MFMT MKD MLSD MLST MODE
   NLST NOOP OPTS PASV PBSZ PORT PROT PWD QUIT RANG REIN REST RETR RMD RNFR RNTO SIZE SMNT STAT STOR STOU STRU SYST
   TYPE USER XCRC XCUP XCWD XMKD XPWD XRMD`.split(/\s+/),
)
/** Known verbs whose arguments are secret. */
const SECRET = new Set(['PASS', 'ACCT', 'ADAT'])
const BLANK = '****'

/** Bytes of a line kept, as server software limits its commands; what goes beyond is cut. */
const MAX_LINE_BYTES = 512
/** Blanked words of a client's that its server's replies are searched for; the oldest give way. */
const MAX_SECRETS = 16
/** Control connections followed at once; the oldest gives way. */
const MAX_DIALOGUES = 10_000

const LF = 0x0a
const CR = 0x0d

/** One direction: where the next byte in sequence is, and the line begun. */
type Side = {
  /** -1: not known; nothing is shown before a line's start is. */
  next: number
  /** The line so far, up to MAX_LINE_BYTES. */
  line: string
  /** Bytes were missing since the line's start: it is not shown. */
  isBroken: boolean
}

type Dialogue = {
  sides: [Side, Side]
  authPending: boolean
  isEncrypted: boolean
  lastCommandBlanked: boolean
  /** What was blanked, lower case. It stays in here, and only as long as the connection is followed. */
  secrets: string[]
  /** Of a reply of several lines, from its first to its last (RFC 959 4.2). */
  isInsideReply: boolean
}

const $tcp = new TcpHeader()

export class FtpDialogues {
  /** By connection id, in order of their first packet. */
  private readonly dialogues = new Map<number, Dialogue>()

  /** Follows one segment of a control connection, and tells each line that it completes. */
  segment(packet: Packet, connection: number, dir: Dir, told: { onFtpLine(line: FtpLine): void }): void {
    if ($tcp.decode(packet.bytes, packet.l4At, packet.l4End) !== DecodeStatus.Ok) return
    const dialogue = this.get(connection)
    const side = dialogue.sides[dir]
    if ($tcp.flags & TcpFlag.Syn) {
      side.next = ($tcp.seq + 1) >>> 0
      side.line = ''
      side.isBroken = false
      return
    }
    if ($tcp.payloadLen === 0 || dialogue.isEncrypted) return
    // Bytes that the capture cut off are zeros here, and no line.
    const captured = Math.min($tcp.payloadLen, packet.capEnd - $tcp.payloadAt)
    const from = this.place(side, $tcp.seq, $tcp.payloadLen)
    if (from < 0) return
    this.read(packet, connection, dir, dialogue, from, Math.max(captured, 0), told)
    if (captured < $tcp.payloadLen) side.isBroken = true
    side.next = ($tcp.seq + $tcp.payloadLen) >>> 0
  }

  forget(connection: number): void {
    this.dialogues.delete(connection)
  }

  /** How many of the segment's first bytes have been read before; -1: all, or it is too far ahead to be a repeat. */
  private place(side: Side, seq: number, length: number): number {
    if (side.next < 0) {
      // Picked up mid-stream: whatever this line began with was not seen.
      side.isBroken = true
      return 0
    }
    const known = (side.next - seq) | 0
    if (known >= length) return -1
    if (known >= 0) return known
    // A gap: the line at hand lacks bytes, and what follows may be in the middle of one.
    side.isBroken = true
    return 0
  }

  private read(
    packet: Packet,
    connection: number,
    dir: Dir,
    dialogue: Dialogue,
    from: number,
    length: number,
    told: { onFtpLine(line: FtpLine): void },
  ): void {
    const side = dialogue.sides[dir]
    const b = packet.bytes
    for (let at = $tcp.payloadAt + from; at < $tcp.payloadAt + length; at++) {
      const byte = b[at]!
      if (byte !== LF) {
        if (side.line.length < MAX_LINE_BYTES) side.line += String.fromCharCode(byte)
        continue
      }
      const text = side.line.charCodeAt(side.line.length - 1) === CR ? side.line.slice(0, -1) : side.line
      const isWhole = !side.isBroken
      side.line = ''
      side.isBroken = false
      if (!isWhole) {
        if (dir === Dir.Original) dialogue.lastCommandBlanked = true
        continue
      }
      if (dir === Dir.Original) this.command(packet, connection, dialogue, text, told)
      else this.reply(packet, connection, dialogue, text, told)
      if (dialogue.isEncrypted) return
    }
  }

  private command(packet: Packet, connection: number, dialogue: Dialogue, line: string, told: { onFtpLine(line: FtpLine): void }): void {
    const verb = /^[A-Za-z]{3,4}(?=$|[ \t])/.exec(line)?.[0] ?? ''
    const { text, secret } = blankedCommand(verb, line)
    keepSecret(dialogue.secrets, secret)
    dialogue.lastCommandBlanked = text === BLANK
    if (verb.toUpperCase() === 'AUTH') dialogue.authPending = true
    told.onFtpLine({ connection, packet: packet.index, dir: Dir.Original, kind: 'command', text })
  }

  private reply(packet: Packet, connection: number, dialogue: Dialogue, line: string, told: { onFtpLine(line: FtpLine): void }): void {
    const text = replyText(dialogue, line)
    told.onFtpLine({ connection, packet: packet.index, dir: Dir.Reply, kind: 'reply', text })
    if (!dialogue.authPending) return
    // 234: security data exchange complete, 334: it begins (RFC 2228 3); both mean that what follows is not plain.
    if (/^[23]34(?=$|[ ])/.test(line)) {
      dialogue.isEncrypted = true
      told.onFtpLine({ connection, packet: packet.index, dir: Dir.Reply, kind: 'tls', text: '' })
    }
    if (/^[2-5]\d\d(?=$|[ ])/.test(line)) dialogue.authPending = false
  }

  private get(connection: number): Dialogue {
    let dialogue = this.dialogues.get(connection)
    if (dialogue !== undefined) return dialogue
    const side = (): Side => ({ next: -1, line: '', isBroken: false })
    dialogue = {
      sides: [side(), side()],
      authPending: false,
      isEncrypted: false,
      lastCommandBlanked: false,
      secrets: [],
      isInsideReply: false,
    }
    if (this.dialogues.size >= MAX_DIALOGUES) this.dialogues.delete(this.dialogues.keys().next().value!)
    this.dialogues.set(connection, dialogue)
    return dialogue
  }
}

/** SITE may carry anything (SITE PSWD old new). */
const HARMLESS_SITE = /^SITE[ \t]+(CHMOD|HELP|IDLE|UMASK|UTIME)(?=$|[ \t])/i

/** As it may be shown, and what of it may not. */
function blankedCommand(verb: string, line: string): { text: string; secret: string } {
  // Some servers end a command at a lone CR or a NUL: what follows may be another one.
  const end = line.search(/[\r\0]/)
  const first = end < 0 ? line : line.slice(0, end)
  const rest = end < 0 ? '' : line.slice(end + 1)
  const upper = verb.toUpperCase()
  if (HARMLESS.has(upper) || HARMLESS_SITE.test(line)) return { text: end < 0 ? line : `${first} ${BLANK}`, secret: rest }
  const isKnown = upper === 'SITE' || SECRET.has(upper)
  return { text: isKnown ? `${verb} ${BLANK}` : BLANK, secret: isKnown ? line.slice(verb.length) : line }
}

/** Shorter words are part of too much that is harmless. */
const MIN_WORD = 4

/** As a whole and by its words: a server may repeat either. */
function keepSecret(secrets: string[], secret: string): void {
  const whole = secret.trim().toLowerCase()
  if (whole === '') return
  const words = whole.split(/[\s\0]+/).filter((word) => word.length >= MIN_WORD && !SECRET.has(word.toUpperCase()))
  for (const word of new Set([whole, ...words])) if (!secrets.includes(word)) secrets.push(word)
  secrets.splice(0, secrets.length - MAX_SECRETS)
}

/** Servers repeat commands that they do not know or do not like; and what is taken for a server may be a client. */
function replyText(dialogue: Dialogue, line: string): string {
  const [, code, more] = /^(\d{3})(?:$|([ -]))/.exec(line) ?? []
  const isInside = dialogue.isInsideReply
  if (code !== undefined) dialogue.isInsideReply = more === '-'
  if (code === undefined && !isInside) return BLANK
  const lower = line.toLowerCase()
  const isEcho = (dialogue.lastCommandBlanked && line.startsWith('5')) || dialogue.secrets.some((secret) => lower.includes(secret))
  if (!isEcho) return line
  return code === undefined ? BLANK : `${code}${more ?? ' '}${BLANK}`
}
