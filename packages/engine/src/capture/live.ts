/**
 * Frames of a network interface, by the patched `cap`. One source an interface; an engine that watches two
 * interfaces in one zone holds two sources. Opening needs CAP_NET_RAW, nothing afterwards does.
 */
import { readFileSync } from 'node:fs'
import { EngineError } from '../errors.ts'
import { bpfError, checkFilterText } from './bpf.ts'
import { loadCap, type CapErrorCode, type LiveCapture, type LiveCaptureOptions, type OpenedCapture } from './cap-addon.ts'
import { isDecodedLinkType, LinkType, linkTypeName } from './link-type.ts'
import type { CaptureHandlers, CaptureSource, CaptureStats, FrameBatch } from './source.ts'

export interface LiveOptions {
  /** Most bytes of a frame that are copied. Less than whole frames costs less, but helpers see no more than that. */
  snapLength?: number
  /** Also frames for other machines' addresses. */
  promiscuous?: boolean
  /** Bytes of the kernel's ring. */
  bufferBytes?: number
  /** How long the kernel may gather frames before it hands them over. */
  readTimeoutMs?: number
  /** Each frame at once: less delay, several times the cost and a smaller ring. */
  immediate?: boolean
}

/** Ranges and defaults of the numbers in `LiveOptions`. */
export const LIVE_LIMITS = {
  /** Headers always fit in the least; the greatest is libpcap's own limit, whole frames of any interface. */
  snapLength: { min: 128, max: 262_144, fallback: 262_144 },
  /** The default holds some 0.2 s of the smallest frames at a million a second. */
  bufferBytes: { min: 1 << 20, max: 2047 * (1 << 20), fallback: 32 << 20 },
  readTimeoutMs: { min: 1, max: 1000, fallback: 1 },
} as const

/** The pseudo-interface that stands for all. Its frames have the cooked v2 link type, which names the interface. */
export const ANY_INTERFACE = 'any'

// Smaller ones cost up to half as much again a frame, larger ones gain nothing.
const BATCH_BYTES = 1 << 20
const BATCH_FRAMES = 4096
const LINK_CHECK_MS = 250
// IFNAMSIZ less its NUL.
const MAX_NAME_BYTES = 15

/**
 * Opens an interface for capture. The kernel's ring fills from here on.
 * @throws EngineError ERR_NO_SUCH_DEVICE, ERR_CAPTURE_PERMISSION, ERR_INTERFACE_DOWN, ERR_CAPTURE_OPTION,
 *   ERR_LINK_TYPE, ERR_CAPTURE_UNAVAILABLE or ERR_CAPTURE_OPEN
 */
export function openLive(interfaceName: string, options: LiveOptions = {}): LiveSource {
  const wanted: LiveCaptureOptions = {
    snaplen: inRange('snapLength', options.snapLength),
    promiscuous: options.promiscuous ?? false,
    bufferSize: inRange('bufferBytes', options.bufferBytes),
    timeoutMs: inRange('readTimeoutMs', options.readTimeoutMs),
    immediate: options.immediate ?? false,
  }
  // libpcap also opens Bluetooth monitors, USB and netfilter queues by name: none carries frames.
  const known = listInterfaces()
  if (!known.includes(interfaceName) || Buffer.byteLength(interfaceName) > MAX_NAME_BYTES) {
    throw noSuchDevice(interfaceName, known)
  }
  const capture = new (loadCap().LiveCapture)()
  let opened: OpenedCapture
  try {
    opened = capture.open(interfaceName, wanted)
  } catch (error) {
    throw openError(interfaceName, error, known)
  }
  const source = new LiveSource(interfaceName, capture, opened, wanted)
  if (!isDecodedLinkType(source.linkType)) {
    source.close()
    throw new EngineError(
      'ERR_LINK_TYPE',
      `Frames of ${interfaceName} have ${linkTypeName(source.linkType)}, which is not decoded`,
      'Capture on another interface.',
    )
  }
  return source
}

/** Names of the interfaces of this process's network namespace, `any` last. Needs no rights. */
export function listInterfaces(): string[] {
  const names = readFileSync('/proc/self/net/dev', 'utf8')
    .split('\n')
    .slice(2)
    .map((line) => line.slice(0, line.lastIndexOf(':')).trim())
  return [...names.filter((name) => name !== ''), ANY_INTERFACE]
}

/** An open interface. Made by `openLive`. */
export class LiveSource implements CaptureSource {
  readonly interfaceName: string
  readonly linkType: number
  readonly snapLength: number
  /** The packet socket, which `dropRights` guards against being written to. */
  readonly fd: number
  /** Bytes of the kernel's ring; 0 where that cannot be known. */
  readonly ringBytes: number
  /** What differs from what was asked for, one sentence each. */
  readonly notes: readonly string[]

  readonly #capture: LiveCapture
  readonly #batch: FrameBatch
  readonly #stats: CaptureStats = { received: 0, droppedByRing: 0, droppedByInterface: 0 }
  #rawStats = { received: 0, dropped: 0, interfaceDropped: 0 }
  #handlers: CaptureHandlers | undefined
  #linkTimer: NodeJS.Timeout | undefined
  #isUp = true
  #isClosed = false

  constructor(interfaceName: string, capture: LiveCapture, opened: OpenedCapture, wanted: LiveCaptureOptions) {
    this.interfaceName = interfaceName
    // On Linux DLT_ and LINKTYPE_ values are the same but for raw IP.
    this.linkType = opened.linkType === LinkType.RawDlt ? LinkType.Raw : opened.linkType
    this.snapLength = opened.snaplen
    this.fd = opened.fd
    this.ringBytes = opened.ringSize
    this.notes = notesOn(opened, wanted)
    this.#capture = capture
    const buffer = Buffer.allocUnsafeSlow(BATCH_BYTES)
    this.#batch = { buffer, length: 0, count: 0, linkType: this.linkType, interfaceId: 0 }
  }

  start(handlers: CaptureHandlers): void {
    this.#handlers = handlers
    this.#capture.start(
      this.#batch.buffer,
      BATCH_FRAMES,
      (length, count) => {
        this.#batch.length = length
        this.#batch.count = count
        handlers.onBatch(this.#batch)
      },
      (code, text) => {
        if (code === 'READ') this.#end(new EngineError('ERR_CAPTURE_READ', `Reading from ${this.interfaceName} failed: ${text}`, ''))
        else this.#seeLink(code === 'GONE' ? 'gone' : 'down')
      },
    )
    // A link that comes up again says nothing on the socket.
    this.#linkTimer = setInterval(() => {
      this.#seeLink(this.#capture.linkState())
    }, LINK_CHECK_MS).unref()
  }

  pause(): void {
    if (!this.#isClosed) this.#capture.pause()
  }

  resume(): void {
    if (!this.#isClosed) this.#capture.resume()
  }

  /** On the loopback interface every packet is received twice and delivered once. */
  stats(): CaptureStats {
    if (!this.#isClosed) {
      const raw = this.#capture.stats()
      const before = this.#rawStats
      this.#stats.received += (raw.received - before.received) >>> 0
      this.#stats.droppedByRing += (raw.dropped - before.dropped) >>> 0
      this.#stats.droppedByInterface += (raw.interfaceDropped - before.interfaceDropped) >>> 0
      this.#rawStats = raw
    }
    return { ...this.#stats }
  }

  /** To be called only after `dropRights`: compiling handles a user's text. */
  setFilter(text: string): void {
    checkFilterText(text)
    try {
      this.#capture.setFilter(text)
    } catch (error) {
      throw bpfError(error)
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.stats() // the last figures stay readable
    this.#isClosed = true
    clearInterval(this.#linkTimer)
    this.#capture.close()
  }

  #seeLink(state: 'up' | 'down' | 'gone'): void {
    if (this.#isClosed) return
    if (state === 'gone') {
      const hint = 'Capture starts again by itself once there is an interface of that name.'
      this.#end(new EngineError('ERR_INTERFACE_GONE', `The interface ${this.interfaceName} is gone`, hint))
    } else if ((state === 'up') !== this.#isUp) {
      this.#isUp = state === 'up'
      this.#handlers?.onLinkChange?.(this.#isUp)
    }
  }

  #end(error: EngineError): void {
    this.close()
    this.#handlers?.onEnd(error)
  }
}

function inRange(name: keyof typeof LIVE_LIMITS, value: number | undefined): number {
  const { min, max, fallback } = LIVE_LIMITS[name]
  const number = value ?? fallback
  if (Number.isInteger(number) && number >= min && number <= max) return number
  throw new EngineError(
    'ERR_CAPTURE_OPTION',
    `${name} must be a whole number from ${String(min)} to ${String(max)}, not ${String(number)}`,
    `The default is ${String(fallback)}.`,
  )
}

function notesOn(opened: OpenedCapture, wanted: LiveCaptureOptions): string[] {
  const notes: string[] = []
  const ringBytes = opened.ringSize > 0 ? opened.ringSize : opened.bufferSize
  if (ringBytes < wanted.bufferSize * 0.9) {
    notes.push(`The kernel gave a ring of ${inKiB(ringBytes)} instead of ${inKiB(wanted.bufferSize)}`)
  }
  if (!opened.nanoseconds) notes.push('Packet times have microseconds only')
  if (opened.warning !== '') notes.push(opened.warning)
  return notes
}

function inKiB(bytes: number): string {
  return `${String(Math.round(bytes / 1024))} KiB`
}

function openError(interfaceName: string, error: unknown, known: readonly string[]): EngineError {
  const text = error instanceof Error ? error.message : String(error)
  const code = (error as { code?: CapErrorCode }).code
  // Some steps of libpcap's report a refusal as a plain error.
  if (code === 'PERMISSION' || text.includes('Operation not permitted')) {
    const hint = 'Run ctscope with sudo, or give it the capability CAP_NET_RAW.'
    return new EngineError('ERR_CAPTURE_PERMISSION', `No right to capture on ${interfaceName} (${text})`, hint, { cause: error })
  }
  if (code === 'NO_SUCH_DEVICE') return noSuchDevice(interfaceName, known, error)
  if (code === 'DOWN') {
    return new EngineError('ERR_INTERFACE_DOWN', `The interface ${interfaceName} is down`, `Run ip link set ${interfaceName} up.`, {
      cause: error,
    })
  }
  return new EngineError('ERR_CAPTURE_OPEN', `Cannot capture on ${interfaceName}: ${text}`, '', { cause: error })
}

function noSuchDevice(interfaceName: string, known: readonly string[], cause?: unknown): EngineError {
  // The name comes from a user: it is shown escaped.
  const name = JSON.stringify(interfaceName)
  return new EngineError('ERR_NO_SUCH_DEVICE', `There is no interface ${name}`, `There are: ${known.join(', ')}.`, { cause })
}
