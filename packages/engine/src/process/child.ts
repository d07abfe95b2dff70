import { Socket } from 'node:net'
import { openCaptureFile, readCaptureFile } from '../capture/file.ts'
import { openLive, type LiveSource } from '../capture/live.ts'
import type { CaptureSource } from '../capture/source.ts'
import { EngineError } from '../errors.ts'
import { decodeCommand, MessageEncoder } from '../ipc/codec.ts'
import { FrameReader, MAX_COMMAND_FRAME_BYTES } from '../ipc/frame.ts'
import type { EngineMessage } from '../ipc/records.ts'
import { EngineRunner, type Outlet, type ProcessFacts } from './engine-runner.ts'
import type { EngineSource, EngineSpec } from './engine-spec.ts'
import type { DropOptions, ProvenRights } from './rights.ts'

const CHANNEL_FD = 3
/** How long a last message may take to be read. */
const LAST_WORD_MS = 2_000

type Opened = {
  captureFds: number[]
  /** The rest, which needs no right any more. */
  sources: () => Promise<CaptureSource[]>
  bufferBytes: number
  notes: string[]
}

/** @param specText EngineSpec as JSON */
export async function runChild(specText: string, drop: (options: DropOptions) => ProvenRights): Promise<void> {
  const spec = JSON.parse(specText) as EngineSpec
  const channel = new Socket({ fd: CHANNEL_FD, readable: true, writable: true })
  // Ctrl-C reaches the whole group; this process ends with its channel.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  channel.on('error', () => process.exit(0))
  channel.on('close', () => process.exit(0))

  const opened = await settle(open(spec.source))
  const rights = drop({ ...(spec.become ?? {}), captureFds: 'error' in opened ? [] : opened.value.captureFds })
  const read = 'error' in opened ? opened : await settle(opened.value.sources())
  const outlet = new ChannelOutlet(channel)
  const facts: ProcessFacts = {
    pid: process.pid,
    uid: rights.uid,
    gid: rights.gid,
    threads: rights.threads,
    capabilities: [...rights.capabilities],
  }
  const runner = new EngineRunner({
    sources: 'error' in read ? [] : read.value,
    kind: spec.source.kind,
    process: facts,
    bufferBytes: 'error' in opened ? 0 : opened.value.bufferBytes,
    notes: 'error' in opened ? [] : opened.value.notes,
    outlet,
    onFailed: () => {
      channel.end()
      setTimeout(() => process.exit(1), LAST_WORD_MS)
    },
  })
  const reader = new FrameReader(MAX_COMMAND_FRAME_BYTES, (kind, body) => {
    const command = decodeCommand(kind, body)
    // Not before it is asked to speak: whoever holds the other end now may be about to hand it on.
    if (command.type === 'configure' && 'error' in read) runner.fail(read.error)
    else runner.command(command)
  })
  channel.on('data', (chunk: Buffer) => {
    reader.push(chunk)
  })
}

/** Opening alone: what needs rights. */
async function open(source: EngineSource): Promise<Opened> {
  if (source.kind === 'file') {
    const file = await openCaptureFile(source.path)
    return {
      captureFds: [],
      sources: async () => [await readCaptureFile(file, source.path)],
      bufferBytes: 0,
      notes: [],
    }
  }
  const { interfaces, snaplenBytes: snapLength, bufferBytes, promiscuous } = source
  const sources: LiveSource[] = []
  try {
    for (const name of interfaces) sources.push(openLive(name, { snapLength, bufferBytes, promiscuous }))
  } catch (error) {
    for (const opened of sources) opened.close()
    throw error
  }
  return {
    captureFds: sources.map(({ fd }) => fd),
    sources: () => Promise.resolve(sources),
    bufferBytes: sources.reduce((sum, { ringBytes }) => sum + ringBytes, 0),
    notes: sources.flatMap(({ notes }) => [...notes]),
  }
}

/** An EngineError is kept for later; all else is a bug of ours. */
async function settle<T>(promise: Promise<T>): Promise<{ value: T } | { error: EngineError }> {
  try {
    return { value: await promise }
  } catch (error) {
    if (error instanceof EngineError) return { error }
    throw error
  }
}

/** Plain writes on the socket: the fence allows no other way to send. */
class ChannelOutlet implements Outlet {
  private readonly channel: Socket
  private readonly encoder = new MessageEncoder()

  constructor(channel: Socket) {
    this.channel = channel
  }

  send(message: EngineMessage): void {
    if (this.channel.writable) this.channel.write(this.encoder.encode(message))
  }

  get backlogBytes(): number {
    return this.channel.writableLength
  }
}
