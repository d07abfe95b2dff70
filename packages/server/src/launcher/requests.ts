/**
 * What the server may ask the launcher for, and what it is told: a closed list. The server talks to the network and is
 * taken for hostile here, so every request is checked field by field, and nothing else is listened to.
 */
import { existsSync } from 'node:fs'
import type { ServerStart } from './start.ts'

/** How an interface is opened. */
export type CaptureOptions = { snaplenBytes: number; bufferBytes: number; promiscuous: boolean }

export type LiveSource = CaptureOptions & {
  kind: 'live'
  /** More than one: they share a zone. */
  interfaces: string[]
}

/** 'file' is the one that the launcher's command line names. */
export type SourceRequest = LiveSource | { kind: 'file' }

/** Server → launcher. */
export type Request =
  | { type: 'open'; engine: number; source: SourceRequest }
  | { type: 'stop'; engine: number }
  /** It serves; the link may be printed. */
  | { type: 'listening'; port: number }
  /** It ends on purpose. */
  | { type: 'bye'; exitCode: number }

/** Launcher → server. */
export type Notice =
  | { type: 'start'; start: ServerStart }
  /** With the engine's socket as handle. */
  | { type: 'opened'; engine: number }
  | { type: 'refused'; engine: number; message: string }
  | { type: 'exited'; engine: number; cause: string }
  | { type: 'shutdown' }

/** As the engine's LIVE_LIMITS, which are not imported: nothing that parses is loaded here. */
export const SNAPLEN_BYTES = { min: 128, max: 262_144 } as const
export const BUFFER_BYTES = { min: 1 << 20, max: 2047 * (1 << 20) } as const
/** Interfaces that one engine may take. */
const MAX_INTERFACES = 16
/** Engine numbers are the server's own count. */
const MAX_ENGINE = 2 ** 31

/**
 * A request as the closed list has it, a copy with nothing else in it.
 * @param allowed the kind of source that the command line named
 * @returns the text of what is wrong instead, when it is not one
 */
export function parseRequest(message: unknown, allowed: SourceRequest['kind']): Request | string {
  if (!isRecord(message)) return 'not a request'
  const { type } = message
  if (type === 'listening') {
    return isWhole(message.port, 1, 65_535) ? { type, port: message.port } : 'a port out of range'
  }
  if (type === 'bye') {
    return isWhole(message.exitCode, 0, 255) ? { type, exitCode: message.exitCode } : 'an exit code out of range'
  }
  if (type !== 'open' && type !== 'stop') return 'a request of an unknown type'
  const { engine } = message
  if (!isWhole(engine, 1, MAX_ENGINE)) return 'an engine number out of range'
  if (type === 'stop') return { type, engine }
  const source = parseSource(message.source, allowed)
  return typeof source === 'string' ? source : { type, engine, source }
}

function parseSource(source: unknown, allowed: SourceRequest['kind']): SourceRequest | string {
  if (!isRecord(source) || source.kind !== allowed) return 'another source than the command line named'
  if (allowed === 'file') return { kind: 'file' }
  const { interfaces, snaplenBytes, bufferBytes, promiscuous } = source
  if (!Array.isArray(interfaces) || interfaces.length === 0 || interfaces.length > MAX_INTERFACES) return 'interfaces out of range'
  if (!interfaces.every(isInterface)) return 'an interface that is not there'
  if (!isWhole(snaplenBytes, SNAPLEN_BYTES.min, SNAPLEN_BYTES.max)) return 'a snap length out of range'
  if (!isWhole(bufferBytes, BUFFER_BYTES.min, BUFFER_BYTES.max)) return 'a buffer size out of range'
  if (typeof promiscuous !== 'boolean') return 'promiscuous is neither true nor false'
  return { kind: 'live', interfaces: [...interfaces], snaplenBytes, bufferBytes, promiscuous }
}

/** Whether this machine has an interface of that name, or it is `any`. */
export function isInterface(name: unknown): name is string {
  if (name === 'any') return true
  if (typeof name !== 'string' || !/^[^/\s\0]{1,15}$/.test(name) || name === '.' || name === '..') return false
  return existsSync(`/sys/class/net/${name}/ifindex`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
}
