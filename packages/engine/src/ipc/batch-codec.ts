/**
 * A Batch as bytes: the counts, the names, then each section's fixed records, then what is rare as JSON.
 *
 *     f64 seq, clockMs, packetUs, wallUs, packetsSkipped
 *     u32 count of born, changed, ended, transitions, packets
 *     names: u32 count, each u32 length and UTF-8
 *     born, changed: connections     ended: connection, u8 cause, f64 atUs     transitions     packets
 *     u32 length and JSON of { stats, ftp, expectationsRaised, expectationsEnded }
 */
import { END_CAUSE_NAMES, type EndCause } from '../model/index.ts'
import { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { FRAME_HEADER_LEN, FrameKind, protocolError, putFrameHeader } from './frame.ts'
import { readRare, writeRare } from './rare-json.ts'
import {
  CONNECTION_BYTES,
  NameTable,
  PACKET_BYTES,
  readConnection,
  readPacket,
  readTransition,
  TRANSITION_BYTES,
  writeConnection,
  writePacket,
  writeTransition,
} from './record-codec.ts'
import type { Batch, ConnectionEnd, PacketRecord } from './records.ts'

const HEAD_BYTES = 5 * 8 + 5 * 4
const ENDED_BYTES = CONNECTION_BYTES + 9

/** The whole frame. `scratch` is used again by the next call; the answer is a copy. */
export function encodeBatch(batch: Batch, scratch: ByteWriter): Buffer {
  const w = scratch
  const helpers = new NameTable()
  for (const c of batch.born) helpers.numberOf(c.helper)
  for (const c of batch.changed) helpers.numberOf(c.helper)
  for (const { record } of batch.ended) helpers.numberOf(record.helper)

  begin(w, HEAD_BYTES)
  for (const value of [batch.seq, batch.clockMs, batch.packetUs, batch.wallUs, batch.packetsSkipped]) w.f64(value)
  const sections = [batch.born, batch.changed, batch.ended, batch.transitions, batch.packets]
  for (const section of sections) w.u32(section.length)
  w.reserve(4)
  w.u32(helpers.names.length)
  for (const name of helpers.names) w.text(name)

  for (const c of batch.born) writeConnection(w, c, helpers)
  for (const c of batch.changed) writeConnection(w, c, helpers)
  for (const end of batch.ended) writeEnd(w, end, helpers)
  for (const t of batch.transitions) writeTransition(w, t)
  for (const p of batch.packets) writePacket(w, p)
  w.text(writeRare(batch))
  return finish(w, FrameKind.Batch)
}

/** @throws EngineError ERR_IPC */
export function decodeBatch(body: Buffer): Batch {
  const r = new ByteReader(body)
  r.need(HEAD_BYTES)
  const seq = r.count('batch number')
  const clockMs = r.f64()
  const packetUs = r.f64()
  const wallUs = r.f64()
  const packetsSkipped = r.count('packets skipped')
  const [born, changed, ended, transitions, packets] = [r.u32(), r.u32(), r.u32(), r.u32(), r.u32()]
  const helpers = readNames(r)
  const decoded = {
    born: section(r, born, CONNECTION_BYTES, () => readConnection(r, helpers)),
    changed: section(r, changed, CONNECTION_BYTES, () => readConnection(r, helpers)),
    ended: section(r, ended, ENDED_BYTES, () => readEnd(r, helpers)),
    transitions: section(r, transitions, TRANSITION_BYTES, () => readTransition(r)),
    packets: section(r, packets, PACKET_BYTES, () => readPacket(r)),
  }
  const rare = readRare(r.text())
  if (!r.isAtEnd) throw protocolError('bytes after a batch')
  return { seq, clockMs, packetUs, wallUs, packetsSkipped, ...decoded, ...rare }
}

/** The frame that answers a command which asked for packets. */
export function encodePackets(request: number, packets: readonly PacketRecord[], scratch: ByteWriter): Buffer {
  begin(scratch, 8)
  scratch.u32(request)
  scratch.u32(packets.length)
  for (const p of packets) writePacket(scratch, p)
  return finish(scratch, FrameKind.Packets)
}

/** @throws EngineError ERR_IPC */
export function decodePackets(body: Buffer): { request: number; packets: PacketRecord[] } {
  const r = new ByteReader(body)
  r.need(8)
  const request = r.u32()
  const packets = section(r, r.u32(), PACKET_BYTES, () => readPacket(r))
  if (!r.isAtEnd) throw protocolError('bytes after packets')
  return { request, packets }
}

function begin(w: ByteWriter, headBytes: number): void {
  w.reset(0)
  w.reserve(FRAME_HEADER_LEN + headBytes)
  w.reset(FRAME_HEADER_LEN)
}

function finish(w: ByteWriter, kind: FrameKind): Buffer {
  const frame = w.copy()
  putFrameHeader(frame, kind, frame.length)
  return frame
}

function section<T>(r: ByteReader, count: number, size: number, read: () => T): T[] {
  r.need(count * size)
  const records: T[] = []
  for (let i = 0; i < count; i++) records.push(read())
  return records
}

function readNames(r: ByteReader): string[] {
  r.need(4)
  const count = r.u32()
  r.need(count * 4)
  const names: string[] = []
  for (let i = 0; i < count; i++) names.push(r.text())
  return names
}

function writeEnd(w: ByteWriter, end: ConnectionEnd, helpers: NameTable): void {
  writeConnection(w, end.record, helpers)
  w.reserve(9)
  w.u8(end.cause)
  w.f64(end.atUs)
}

function readEnd(r: ByteReader, helpers: readonly string[]): ConnectionEnd {
  const record = readConnection(r, helpers)
  return { record, cause: r.code(END_CAUSE_NAMES.length, 'end cause') as EndCause, atUs: r.f64() }
}
