import { afterEach, beforeEach, expect, it } from 'vitest'
import { LinkType } from '../../src/capture/link-type.ts'
import { describeNeeding } from '../support/index.ts'
import type { LiveChild } from './live-child.ts'
import { testFrame, VethPair } from './veth-pair.ts'

interface Opened {
  linkType: number
  snapLength: number
  fd: number
  ringBytes: number
  notes: string[]
}

describeNeeding({ root: true, command: ['ip', 'setpriv'] }, 'live capture', () => {
  let veth: VethPair
  let child: LiveChild

  beforeEach(() => {
    veth = new VethPair()
    child = veth.child()
  })
  afterEach(() => veth.remove())

  const send = (lengths: number[], fill = 0) =>
    child.ask('send', { name: 'left', frames: lengths.map((length) => testFrame(length, fill)) })
  const openRight = async (options = {}) => {
    const opened = await child.ask<Opened>('open', { name: 'right', options })
    await child.ask('start', { name: 'right' })
    return opened
  }

  it('delivers each frame once, with its bytes, lengths and time', async () => {
    const opened = await openRight()
    expect(opened).toMatchObject({ linkType: LinkType.Ethernet, snapLength: 262_144, notes: [] })
    expect(opened.ringBytes).toBe(32 << 20)
    const before = Date.now() / 1000
    await send([64, 65, 1514, 66])
    await child.until('four frames', () => child.frames().length >= 4)
    const frames = child.frames()
    expect(frames.map(({ capturedLen, wireLen }) => [capturedLen, wireLen])).toEqual([64, 65, 1514, 66].map((length) => [length, length]))
    expect(frames[0]?.bytes).toBe(testFrame(64))
    for (const { seconds, nanoseconds } of frames) {
      expect(seconds + nanoseconds / 1e9).toBeGreaterThan(before - 0.1)
      expect(seconds + nanoseconds / 1e9).toBeLessThan(before + 10)
    }
    // Microseconds would make all of them round.
    expect(frames.some(({ nanoseconds }) => nanoseconds % 1000 !== 0)).toBe(true)
    expect(await child.ask('stats', { name: 'right' })).toEqual({ received: 4, droppedByRing: 0, droppedByInterface: 0 })
  })

  it('says the wire length of frames that the snap length cuts', async () => {
    await openRight({ snapLength: 128 })
    await send([100, 1514])
    await child.until('two frames', () => child.frames().length >= 2)
    expect(child.frames().map(({ capturedLen, wireLen }) => [capturedLen, wireLen])).toEqual([[100, 100], [128, 1514]]) // prettier-ignore
  })

  it('delivers at once in immediate mode', async () => {
    await openRight({ immediate: true, bufferBytes: 4 << 20 })
    await send([64])
    await child.until('a frame', () => child.frames().length === 1)
    expect(child.frames()[0]).toMatchObject({ capturedLen: 64, wireLen: 64 })
  })

  it('has both lengths right where the filter program says how much is copied', async () => {
    await child.ask('copyLength', { name: 'right', copied: 20 })
    await send([64, 1000])
    await child.until('two frames', () => child.frames().length >= 2)
    expect(child.frames().map(({ capturedLen, wireLen }) => [capturedLen, wireLen])).toEqual([[20, 64], [20, 1000]]) // prettier-ignore
  })

  it('changes its filter while open, and keeps the old one when the new one is wrong', async () => {
    await openRight()
    await child.ask('filter', { name: 'right', text: 'greater 500' })
    await expect(child.ask('filter', { name: 'right', text: 'tcp prot 21' })).rejects.toMatchObject({ code: 'ERR_BPF' })
    await expect(child.ask('filter', { name: 'right', text: 'tcp port' })).rejects.toThrow(/syntax error/)
    await send([64, 600], 1)
    await child.until('the long frame', () => child.frames().length === 1)
    expect(child.frames()[0]?.wireLen).toBe(600)
    await child.ask('filter', { name: 'right', text: '' })
    await send([70], 2)
    await child.until('the short frame', () => child.frames().length === 2)
    expect(child.frames()[1]?.wireLen).toBe(70)
  })

  it('holds frames back while paused', async () => {
    await openRight()
    await child.ask('pause', { name: 'right' })
    await send([64])
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(child.frames()).toEqual([])
    await child.ask('resume', { name: 'right' })
    await child.until('the frame', () => child.frames().length === 1)
  })

  it('leaves time to timers while packets pour in', async () => {
    await child.ask('open', { name: 'right', options: { bufferBytes: 8 << 20 } })
    await child.ask('start', { name: 'right', quiet: true })
    const flood = veth.child()
    const frames = Array.from({ length: 2000 }, () => testFrame(64))
    let isOver = false
    const pouring = (async () => {
      while (!isOver) await flood.ask('send', { name: 'left', frames })
    })()
    const { worst, frames: received } = await child.ask<{ worst: number; frames: number }>('lateness')
    isOver = true
    await pouring
    expect(received).toBeGreaterThan(1000)
    expect(worst).toBeLessThan(200)
  })

  it('tells when the link goes down, and goes on by itself when it is up again', async () => {
    await openRight()
    veth.link('right', 'down')
    await child.until('the link to be down', () => child.events.some(({ event, isUp }) => event === 'link' && isUp === false))
    veth.link('right', 'up')
    await child.until('the link to be up', () => child.events.some(({ event, isUp }) => event === 'link' && isUp === true))
    await send([64])
    await child.until('a frame', () => child.frames().length === 1)
    expect(child.events.filter(({ event }) => event === 'link')).toHaveLength(2)
    expect(child.stderr).toBe('')
  })

  it('ends with ERR_INTERFACE_GONE when the interface is deleted, also if one of that name comes back', async () => {
    await openRight()
    veth.deleteLinks()
    veth.addLinks()
    await child.until('the end', () => child.events.some(({ event }) => event === 'end'))
    expect(child.events.filter(({ event }) => event === 'end')).toEqual([
      { event: 'end', name: 'right', error: 'ERR_INTERFACE_GONE', message: 'The interface right is gone' },
    ])
    // The figures stay readable, closing again is harmless, and the process lives.
    expect(await child.ask('stats', { name: 'right' })).toMatchObject({ received: 0 })
    await child.ask('close', { name: 'right' })
  })

  it('captures on any with the cooked link type that names the interface', async () => {
    const { linkType } = await child.ask<Opened>('open', { name: 'any', options: {} })
    expect(linkType).toBe(LinkType.LinuxSll2)
    await child.ask('start', { name: 'any' })
    await send([64])
    // Out of left and into right: two indices at offset 4 of the cooked header.
    await child.until('both sides', () => child.frames().length === 2)
    const indices = child.frames().map(({ bytes }) => Number.parseInt(bytes.slice(8, 16), 16))
    expect(new Set(indices).size).toBe(2)
    expect(indices.every((index) => index > 0)).toBe(true)
  })

  it('names what is wrong when it cannot open', async () => {
    await expect(child.ask('open', { name: 'nosuch0' })).rejects.toMatchObject({ code: 'ERR_NO_SUCH_DEVICE' })
    await expect(child.ask('open', { name: 'nosuch0' })).rejects.toMatchObject({
      hint: expect.stringMatching(/^There are: lo, (left, right|right, left), any\.$/),
    })
    await expect(child.ask('open', { name: 'nflog' })).rejects.toMatchObject({ code: 'ERR_NO_SUCH_DEVICE' })
    veth.link('right', 'down')
    await expect(child.ask('open', { name: 'right' })).rejects.toMatchObject({ code: 'ERR_INTERFACE_DOWN' })
    const powerless = veth.child(['setpriv', '--reuid', '65534', '--clear-groups', '--inh-caps=-all', '--ambient-caps=-all'])
    await expect(powerless.ask('open', { name: 'left' })).rejects.toMatchObject({ code: 'ERR_CAPTURE_PERMISSION' })
  })

  it('survives opens that fail, with both interfaces of the addon', async () => {
    const result = await child.ask<{ texts: string[]; linkType: number; closed: boolean[] }>('openFailing', {
      name: 'nosuch0',
      good: 'right',
      times: 20,
    })
    expect(result.texts.join('\n')).not.toContain('opened')
    expect(result).toMatchObject({ linkType: 1, closed: [true, true, false] })
    expect(child.stderr).toBe('')
  })

  it('takes a smaller ring where memory is short, and says so', async () => {
    const limited = veth.child()
    await limited.ask('open', { name: 'lo', options: { bufferBytes: 1 << 20 } })
    limited.limitMemory(48 << 20)
    const opened = await limited.ask<Opened>('open', { name: 'right', options: { bufferBytes: 64 << 20 } })
    expect(opened.ringBytes).toBeGreaterThan(0)
    expect(opened.ringBytes).toBeLessThan(48 << 20)
    expect(opened.notes).toEqual([expect.stringMatching(/^The kernel gave a ring of \d+ KiB instead of 65536 KiB$/)])
  })

  it('has the old interface send, receive, and tell an error instead of aborting', async () => {
    const receiving = child.ask<{ linkType: string; bytes: string }>('receiveOld', { name: 'right' })
    await child.until('listening', () => child.events.some(({ event }) => event === 'listening'))
    const sender = veth.child()
    await sender.ask('send', { name: 'left', frames: [testFrame(64, 7)] })
    expect(await receiving).toEqual({ linkType: 'ETHERNET', bytes: testFrame(64, 7) })

    child.events.length = 0
    const failing = child.ask<{ error: string }>('receiveOld', { name: 'right' })
    await child.until('listening', () => child.events.some(({ event }) => event === 'listening'))
    veth.link('right', 'down')
    expect(await failing).toMatchObject({ error: 'The interface went down or away' })
  })
})
