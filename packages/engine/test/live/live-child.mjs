// A process that captures, run by the tests in a network namespace and told what to do, a JSON line at a time.
// Each request { id, do, … } is answered by { id, result } or { id, error: { code, message, hint } }; what happens by
// itself is told as { event, … }. It may die without hurting the tests.
import { Buffer } from 'node:buffer'
import { execFileSync } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'
import { writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { loadCap } from '../../dist/capture/cap-addon.js'
import { openLive } from '../../dist/capture/live.js'
import { closeInspector, dropRights } from '../../dist/process/rights.js'

const { Cap } = createRequire(import.meta.url)('cap')
const sources = new Map()
const senders = new Map()

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)

function records(batch) {
  const frames = []
  for (let at = 0; at < batch.length;) {
    const [seconds, nanoseconds, capturedLen, wireLen] = [0, 4, 8, 12].map((offset) => batch.buffer.readUInt32LE(at + offset))
    const bytes = batch.buffer.toString('hex', at + 16, at + 16 + Math.min(capturedLen, 64))
    frames.push({ seconds, nanoseconds, capturedLen, wireLen, bytes })
    at += 16 + ((capturedLen + 3) & ~3)
  }
  return frames
}

/** Runs `refusable`: 'done', or the code of the error that refused it. */
async function outcome(refusable) {
  try {
    await refusable()
    return 'done'
  } catch (error) {
    return error.code ?? error.message
  }
}

const untilEvent = (emitter, name) =>
  new Promise((resolve, reject) => {
    emitter.once(name, resolve)
    emitter.once('error', reject)
  })

const does = {
  open({ name, options }) {
    const source = openLive(name, options)
    sources.set(name, source)
    const { linkType, snapLength, fd, ringBytes, notes } = source
    return { linkType, snapLength, fd, ringBytes, notes }
  },
  start({ name, quiet = false }) {
    let frames = 0
    let last = 0
    sources.get(name).start({
      onBatch(batch) {
        frames += batch.count
        if (!quiet) say({ event: 'batch', name, linkType: batch.linkType, count: batch.count, frames: records(batch) })
        last = Date.now()
      },
      onLinkChange: (isUp) => say({ event: 'link', name, isUp }),
      onEnd: (error) => say({ event: 'end', name, error: error?.code, message: error?.message }),
    })
    does.counted = () => ({ frames, last })
  },
  pause: ({ name }) => sources.get(name).pause(),
  resume: ({ name }) => sources.get(name).resume(),
  stats: ({ name }) => sources.get(name).stats(),
  filter: ({ name, text }) => sources.get(name).setFilter(text),
  close: ({ name }) => sources.get(name).close(),

  /** Through the addon's own, old interface. */
  send({ name, frames }) {
    if (!senders.has(name)) {
      const sender = new Cap()
      senders.set(name, sender)
      // A filter that nothing passes: this one only sends.
      sender.open(name, 'less 1', 1 << 20, Buffer.alloc(65_535))
    }
    for (const frame of frames) senders.get(name).send(Buffer.from(frame, 'hex'))
  },
  /** The old interface's own capture: bytes of the first packet, or its error. */
  async receiveOld({ name }) {
    const receiver = new Cap()
    const buffer = Buffer.alloc(65_535)
    const linkType = receiver.open(name, '', 1 << 20, buffer)
    const result = new Promise((resolve) => {
      receiver.once('packet', (length) => resolve({ linkType, bytes: buffer.toString('hex', 0, length) }))
      receiver.once('error', (error) => resolve({ linkType, error: error.message }))
    })
    say({ event: 'listening', name })
    const told = await result
    receiver.close()
    return told
  },
  /** Opens what is not there, again and again, with both interfaces of the addon, and then something that is. */
  openFailing({ name, good, times }) {
    const texts = new Set()
    const [old, live] = [new Cap(), new (loadCap().LiveCapture)()]
    for (let i = 0; i < times; i++) {
      for (const open of [
        () => old.open(name, '', 1 << 20, Buffer.alloc(100)),
        () => live.open(name, {}),
        () => openLive(good, { snapLength: 1 }),
      ]) {
        try {
          open()
          texts.add('opened')
        } catch (error) {
          texts.add(error.message)
        }
      }
    }
    globalThis.gc?.()
    old.open(good, '', 1 << 20, Buffer.alloc(100))
    const opened = live.open(good, {})
    return { texts: [...texts], linkType: opened.linkType, closed: [old.close(), live.close(), live.close()] }
  },
  /** Sets a program that copies `copied` bytes of each packet. */
  copyLength({ name, copied }) {
    const { LiveCapture } = loadCap()
    const live = new LiveCapture()
    live.open(name, { snaplen: 2000, timeoutMs: 1 })
    const program = Buffer.alloc(8)
    program.writeUInt16LE(6, 0) // BPF_RET | BPF_K
    program.writeUInt32LE(copied, 4)
    live.setFilter(program)
    const buffer = Buffer.alloc(1 << 16)
    live.start(
      buffer,
      100,
      (length, count) => say({ event: 'batch', name, count, frames: records({ buffer, length }) }),
      () => {},
    )
  },
  /** How late a timer of 20 ms comes while packets flow, at worst of 20. */
  async lateness() {
    let worst = 0
    for (let i = 0; i < 20; i++) {
      const before = performance.now()
      await delay(20)
      worst = Math.max(worst, performance.now() - before - 20)
    }
    return { worst, ...does.counted() }
  },

  drop: ({ options }) => dropRights(options),
  inject: ({ fd, frame }) => outcome(() => writeSync(fd, Buffer.from(frame, 'hex'))),
  /** What a process without rights and behind the fence must not do, and what it must. */
  async attempts({ fd }) {
    return {
      connect: await outcome(() => untilEvent(connect(9, '127.0.0.1'), 'connect')),
      listen: await outcome(() => untilEvent(createServer().listen(0), 'listening')),
      exec: await outcome(() => execFileSync('/bin/true')),
      killOther: await outcome(() => process.kill(process.ppid, 0)),
      capture: await outcome(() => openLive('lo')),
      writeToSocket: await outcome(() => writeSync(fd, Buffer.alloc(64))),
      readFile: await outcome(() => readFile('/proc/self/stat')),
      threadPool: await outcome(() => promisify(pbkdf2)('a', 'b', 10, 16, 'sha1')),
      killSelf: await outcome(() => process.kill(process.pid, 0)),
      bigAnswer: 'x'.repeat(1_000_000),
    }
  },
  closeInspector: ({ allow }) => closeInspector(allow),
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  try {
    say({ id: request.id, result: (await does[request.do](request)) ?? null })
  } catch (error) {
    say({ id: request.id, error: { code: error.code, message: error.message, hint: error.hint } })
  }
}
process.exit(0)
