/** What is rare in a batch, as JSON: addresses as hexadecimal text, all else as it is. Every field is checked. */
import { CT_STATE_NAMES, EXP_END_CAUSE_NAMES } from '../model/index.ts'
import { protocolError } from './frame.ts'
import type { Batch, EngineStats, ExpectationEnd, ExpectationRecord, FtpRecord } from './records.ts'

type Rare = Pick<Batch, 'stats' | 'ftp' | 'expectationsRaised' | 'expectationsEnded'>
type RaisedJson = Omit<ExpectationRecord, 'src' | 'dst' | 'maskSrc'> & { src: string; dst: string; maskSrc: string }

export function writeRare(batch: Rare): string {
  const raised = batch.expectationsRaised.map((e): RaisedJson => ({ ...e, src: hex(e.src), dst: hex(e.dst), maskSrc: hex(e.maskSrc) }))
  return JSON.stringify([batch.stats, batch.ftp, raised, batch.expectationsEnded])
}

/** @throws EngineError ERR_IPC */
export function readRare(text: string): Rare {
  const [stats, ftp, raised, ended] = parseArray(text, 4)
  if (!isStats(stats)) throw protocolError('stats')
  return {
    stats: stats as EngineStats,
    ftp: list<FtpRecord>(ftp, 'ftp', isFtp),
    expectationsRaised: list<RaisedJson>(raised, 'expectation', isRaised).map((e): ExpectationRecord => ({
      ...e,
      src: bytes(e.src, e.l3),
      dst: bytes(e.dst, e.l3),
      maskSrc: bytes(e.maskSrc, e.l3),
    })),
    expectationsEnded: list<ExpectationEnd>(ended, 'end of an expectation', isEnd),
  }
}

type Fields = Record<string, unknown>

const isNumber = (value: unknown) => Number.isFinite(value)
const isText = (value: unknown) => typeof value === 'string'
const isBelow = (value: unknown, count: number) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < count
const isId = (value: unknown) => isBelow(value, 2 ** 53)
const areNumbers = (fields: Fields, names: readonly string[]) => names.every((name) => isNumber(fields[name]))
const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isListOfNumbers = (value: unknown, length?: number) =>
  Array.isArray(value) && value.every(isNumber) && (length === undefined || value.length === length)
const isRecordOfNumbers = (value: unknown) => isRecord(value) && Object.values(value).every(isNumber)

const STATS_NUMBERS = ['packets', 'bytes', 'received', 'entries', 'limit', 'expectations', 'transitions', 'earlyDrops', 'fragmentsHeld']
const RAISED_NUMBERS = 'zone l4 sport dport maskSport class flags timeoutS deadlineMs raisedUs packet'.split(' ')
const FTP_KINDS = ['command', 'reply', 'tls', 'negotiation']
const FTP_MODES = ['PORT', 'EPRT', 'PASV', 'EPSV']

function isStats(stats: unknown): boolean {
  return (
    isRecord(stats) &&
    areNumbers(stats, STATS_NUMBERS) &&
    isListOfNumbers(stats.states, CT_STATE_NAMES.length) &&
    isListOfNumbers(stats.decode) &&
    isRecordOfNumbers(stats.reasons) &&
    isRecordOfNumbers(stats.limits) &&
    isRecord(stats.dropped) &&
    areNumbers(stats.dropped, ['ring', 'interface', 'engine'])
  )
}

function isFtp(f: Fields): boolean {
  const isLine = isId(f.connection) && areNumbers(f, ['seconds', 'nanoseconds', 'packet']) && isBelow(f.dir, 2) && isText(f.text)
  if (!isLine || !FTP_KINDS.includes(f.kind as string)) return false
  if (f.kind !== 'negotiation') return f.negotiation === undefined
  const n = f.negotiation
  if (!isRecord(n) || !FTP_MODES.includes(n.mode as string) || !isText(n.address)) return false
  return isBelow(n.port, 0x1_0000) && isId(n.expectation) && isBelow(n.reason, 0x1_0000) && isListOfNumbers(n.reasonArgs, 4)
}

function isRaised(e: Fields): boolean {
  const isWhole = isId(e.id) && isId(e.master) && areNumbers(e, RAISED_NUMBERS) && isText(e.helper)
  return isWhole && (e.l3 === 4 || e.l3 === 6)
}

function isEnd(e: Fields): boolean {
  return isId(e.id) && isId(e.child) && isBelow(e.cause, EXP_END_CAUSE_NAMES.length) && areNumbers(e, ['atUs', 'packet'])
}

function parseArray(text: string, length: number): unknown[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw protocolError('no JSON')
  }
  if (!Array.isArray(value) || value.length !== length) throw protocolError('another shape')
  return value
}

function list<T>(value: unknown, name: string, isGood: (item: Fields) => boolean): T[] {
  if (!Array.isArray(value) || !value.every((item) => isRecord(item) && isGood(item))) throw protocolError(name)
  return value as T[]
}

function hex(address: Uint8Array): string {
  return Buffer.from(address.buffer, address.byteOffset, address.length).toString('hex')
}

function bytes(text: unknown, l3: 4 | 6): Uint8Array {
  const length = l3 === 4 ? 8 : 32
  if (typeof text !== 'string' || text.length !== length || !/^[0-9a-f]*$/.test(text)) throw protocolError('address')
  return new Uint8Array(Buffer.from(text, 'hex'))
}
