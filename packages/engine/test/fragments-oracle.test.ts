// Random fragments of both families, bent in every way, against the running kernel: which of them go on to tracking.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { LinkType } from '../src/capture/link-type.ts'
import { Defragmenter } from '../src/defrag/defragmenter.ts'
import { DefragResult } from '../src/defrag/result.ts'
import { FrameDecoder } from '../src/wire/decode.ts'
import { Packet } from '../src/wire/packet.ts'
import { DecodeStatus } from '../src/wire/status.ts'
import { pcapFile } from './support/capture-builder.ts'
import { describeNeeding, sharedDir } from './support/index.ts'
import { bytes, extensionHeader, fragmentHeader, ipv4, ipv6 } from './support/packet-builder.ts'

const PACKETS = 6000
/** A protocol without a tracker: every datagram of it gets a state. */
const GENERIC = 99

class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * n)
  }

  chance(probability: number): boolean {
    return this.below(10_000) < probability * 10_000
  }

  of<T>(...choices: readonly T[]): T {
    return choices[this.below(choices.length)]!
  }
}

/** Few identifications and offsets, so that fragments meet. */
function randomFragment(r: Random): Buffer {
  const id = 1 + r.below(40)
  const more = r.chance(0.75)
  let offset = 8 * r.below(7)
  if (r.chance(0.02)) offset = 65528 - 8 * r.below(4)
  let length = r.chance(0.5) ? r.of(8, 16, 24, 32, 40, 0, 5, 1, 9, 20, 27) : r.of(8, 16)
  if (!more && offset < 56 && r.chance(0.7)) length = Math.min(length, 56 - offset)
  const body = Uint8Array.from({ length }, () => r.below(256))
  const ecn = r.chance(0.03) ? r.of(1, 2, 3) : 0
  const source = 3 + r.below(2)
  if (r.chance(0.5)) {
    const options = new Uint8Array(r.chance(0.2) ? 4 * r.below(4) : 0).fill(1)
    const protocol = r.chance(0.8) ? GENERIC : 17
    const trailer = new Uint8Array(r.chance(0.1) ? r.below(6) : 0)
    const header = {
      src: `10.7.0.${source}`,
      protocol,
      fragOffset: offset,
      moreFragments: more,
      id,
      options,
      tos: ecn,
      dontFragment: r.chance(0.1),
    }
    return bytes(ipv4(body, header), trailer)
  }
  const next = r.of(GENERIC, GENERIC, GENERIC, GENERIC, 17, 6, 58, 60, 59, 44)
  if (length >= 8 && (next === 60 || next === 44)) body.set([GENERIC, 0, 0, 0])
  let payload = bytes(fragmentHeader(next, { offset, more, id }), body)
  let nextHeader = 44
  for (const header of [60, 0]) {
    if (!r.chance(0.1)) continue
    payload = bytes(extensionHeader(nextHeader), payload)
    nextHeader = header
  }
  return ipv6(payload, { src: `fd00::${source}`, nextHeader, trafficClass: ecn })
}

interface KernelAnswer {
  /** Per packet. */
  states: string[]
  /** Counted by the entries of the protocol without a tracker. */
  packets: number
  bytes: number
}

async function askKernel(frames: readonly Buffer[]): Promise<KernelAnswer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ctscope-test-'))
  try {
    const capture = path.join(folder, 'fragments.pcap')
    await writeFile(
      capture,
      pcapFile(
        frames.map((data) => ({ data })),
        { linkType: LinkType.Raw },
      ),
    )
    const { stdout } = await promisify(execFile)('python3', [path.join(sharedDir, 'oracle/oracle.py'), capture], { maxBuffer: 1 << 27 })
    const answer: KernelAnswer = { states: [], packets: 0, bytes: 0 }
    for (const line of stdout.trimEnd().split('\n')) {
      const record = JSON.parse(line) as { kind: string; state: string; orig: unknown[]; orig_packets: number; orig_bytes: number }
      if (record.kind === 'packet') answer.states.push(record.state)
      if (record.kind === 'entry' && record.orig[4] === GENERIC) {
        answer.packets += record.orig_packets
        answer.bytes += record.orig_bytes
      }
    }
    return answer
  } finally {
    await rm(folder, { recursive: true })
  }
}

describeNeeding(
  { root: true, shared: 'oracle/oracle.py', command: ['python3', 'nft', 'ip', 'unshare'] },
  'fragments as the running kernel takes them',
  () => {
    it.each([1, 2, 3])(
      '[2.2] seed %i',
      async (seed) => {
        const r = new Random(seed)
        const frames = Array.from({ length: PACKETS }, () => randomFragment(r))
        const kernel = await askKernel(frames)
        expect(kernel.states).toHaveLength(PACKETS)

        const decoder = new FrameDecoder()
        const defragmenter = new Defragmenter()
        const p = new Packet()
        const results = new Map<number, number>()
        const different: string[] = []
        let packets = 0
        let counted = 0
        frames.forEach((frame, i) => {
          decoder.decode(p, LinkType.Raw, frame, 0, frame.length, frame.length)
          const result = p.status === DecodeStatus.Ok ? defragmenter.take(p, 0, 0) : -1
          results.set(result, (results.get(result) ?? 0) + 1)
          const isTracked = p.status === DecodeStatus.Ok
          if (isTracked !== (kernel.states[i] !== 'NONE')) different.push(`${i}: kernel ${kernel.states[i]!}, here ${result}`)
          if (isTracked && p.l4 === GENERIC) {
            packets++
            counted += p.l3Len
          }
        })
        expect(different).toEqual([])
        expect({ packets, bytes: counted }).toEqual({ packets: kernel.packets, bytes: kernel.bytes })
        for (const result of Object.values(DefragResult)) expect([result, (results.get(result) ?? 0) > 10]).toEqual([result, true])
      },
      60_000,
    )
  },
)
