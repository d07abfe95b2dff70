/**
 * Messages between an engine and the server, to and from frames. Batches and packets are binary (batch-codec.ts), the
 * rest is JSON. Whatever comes in is checked: an engine parses hostile packets and may be anybody's.
 */
import { decodeBatch, decodePackets, encodeBatch, encodePackets } from './batch-codec.ts'
import { ByteWriter } from './byte-writer.ts'
import { FrameKind, jsonFrame, protocolError } from './frame.ts'
import type { EngineCommand, EngineMessage } from './records.ts'

const MESSAGE_TYPES = new Set<string>(['ready', 'answer', 'source', 'failed'] satisfies EngineMessage['type'][])
const COMMAND_TYPES = new Set<string>([
  'configure',
  'filter',
  'run',
  'speed',
  'watch-packets',
  'connection-packets',
  'packets',
  'stop',
] satisfies EngineCommand['type'][])

/** Makes frames of an engine's messages; holds the memory that batches are written in. */
export class MessageEncoder {
  private readonly scratch = new ByteWriter()

  encode(message: EngineMessage): Buffer {
    if (message.type === 'batch') return encodeBatch(message.batch, this.scratch)
    if (message.type === 'answer' && message.packets !== undefined) {
      return encodePackets(message.request, message.packets, this.scratch)
    }
    return jsonFrame(message)
  }
}

/** @throws EngineError ERR_IPC */
export function decodeMessage(kind: number, body: Buffer): EngineMessage {
  switch (kind) {
    case FrameKind.Batch:
      return { type: 'batch', batch: decodeBatch(body) }
    case FrameKind.Packets:
      return { type: 'answer', ...decodePackets(body) }
    case FrameKind.Json:
      return checkMessage(parse(body, MESSAGE_TYPES) as EngineMessage)
    default:
      throw protocolError(`a frame of kind ${kind}`)
  }
}

/** What the server relies on of the rare messages. */
function checkMessage(message: EngineMessage): EngineMessage {
  const text = (value: unknown) => typeof value === 'string'
  const texts = (value: unknown) => Array.isArray(value) && value.every(text)
  const error = (value: { code: unknown; message: unknown; hint: unknown } | undefined | null) =>
    value !== undefined && value !== null && text(value.code) && text(value.message) && text(value.hint)
  let isGood: boolean
  switch (message.type) {
    case 'ready': {
      const { ready } = message
      isGood =
        typeof ready === 'object' && Number.isSafeInteger(ready.epoch) && Number.isSafeInteger(ready.pid) && Number.isSafeInteger(ready.uid) &&
        Number.isSafeInteger(ready.threads) && texts(ready.interfaces) && texts(ready.capabilities) && texts(ready.notes) &&
        Array.isArray(ready.linkTypes) && typeof ready.settings === 'object' && Array.isArray(ready.helpers) // prettier-ignore
      break
    }
    case 'answer':
      isGood = Number.isSafeInteger(message.request) && (message.error === undefined || error(message.error))
      break
    case 'source':
      isGood = ['running', 'paused', 'down', 'ended'].includes(message.state) && text(message.note)
      break
    case 'failed':
      isGood = error(message.error)
      break
    case 'batch':
      isGood = false
  }
  if (!isGood) throw protocolError(`a ${message.type} message of another shape`)
  return message
}

export function encodeCommand(command: EngineCommand): Buffer {
  return jsonFrame(command, (_, value: unknown) => (value === Infinity ? FOREVER : value))
}

/** @throws EngineError ERR_IPC */
export function decodeCommand(kind: number, body: Buffer): EngineCommand {
  if (kind !== FrameKind.Json) throw protocolError(`a frame of kind ${kind}`)
  const command = parse(body, COMMAND_TYPES) as EngineCommand
  return command.type === 'packets' && (command.before as unknown) === FOREVER ? { ...command, before: Infinity } : command
}

/** JSON has no word for infinity. */
const FOREVER = 'forever'

function parse(body: Buffer, types: ReadonlySet<string>): unknown {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw protocolError('no JSON')
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) throw protocolError('no message')
  if (typeof value.type !== 'string' || !types.has(value.type)) throw protocolError('a message of an unknown type')
  return value
}
