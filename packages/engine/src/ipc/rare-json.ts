/** What is rare in a batch, as JSON: addresses as hexadecimal text, all else as it is. */
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
  return {
    stats: checkStats(stats),
    ftp: list<FtpRecord>(ftp, 'ftp', (f) => isId(f.connection) && typeof f.text === 'string'),
    expectationsRaised: list<RaisedJson>(raised, 'expectation', (e) => isId(e.id) && isId(e.master)).map((e): ExpectationRecord => ({
      ...e,
      src: bytes(e.src),
      dst: bytes(e.dst),
      maskSrc: bytes(e.maskSrc),
    })),
    expectationsEnded: list<ExpectationEnd>(ended, 'expectation', (e) => isId(e.id) && isId(e.child)),
  }
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

function list<T>(value: unknown, name: string, isGood: (item: T) => boolean): T[] {
  if (!Array.isArray(value)) throw protocolError(`${name}: no list`)
  for (const item of value) if (typeof item !== 'object' || item === null || !isGood(item as T)) throw protocolError(name)
  return value as T[]
}

function checkStats(value: unknown): EngineStats {
  const stats = value as EngineStats | null
  const isGood =
    typeof stats === 'object' && stats !== null && Number.isFinite(stats.packets) && Array.isArray(stats.states) &&
    typeof stats.dropped === 'object' && typeof stats.limits === 'object' // prettier-ignore
  if (!isGood) throw protocolError('stats')
  return stats
}

function isId(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function hex(address: Uint8Array): string {
  return Buffer.from(address.buffer, address.byteOffset, address.length).toString('hex')
}

function bytes(text: unknown): Uint8Array {
  if (typeof text !== 'string' || !/^([0-9a-f]{8}|[0-9a-f]{32})$/.test(text)) throw protocolError('address')
  return new Uint8Array(Buffer.from(text, 'hex'))
}
