import { LinkType } from '../../src/capture/link-type.ts'
import { FrameDecoder, type DecoderOptions } from '../../src/wire/decode.ts'
import { Packet } from '../../src/wire/packet.ts'

/** A packet of its own for each call, so that a test may hold several. */
export function decoded(frame: Uint8Array, o: DecoderOptions & { linkType?: number; wireLen?: number } = {}): Packet {
  const p = new Packet()
  new FrameDecoder(o).decode(p, o.linkType ?? LinkType.Raw, frame, 0, frame.length, o.wireLen ?? frame.length)
  return p
}
