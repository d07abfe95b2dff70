/** The packets of one connection, which its engine's ring holds. */
import type { Packet } from '../api/rest.ts'
import type { CaptureHost } from './capture-host.ts'
import type { Mirror } from './mirror.ts'
import { packetJson } from './packet-json.ts'
import { rowOrFault, seenPacket } from './queries.ts'

/** Oldest first. `cut`: there were more. @throws ApiFault ERR_NOT_FOUND, EngineError */
export async function connectionPackets(
  mirror: Mirror,
  host: CaptureHost,
  id: number,
  limit: number,
): Promise<{ items: Packet[]; cut: boolean }> {
  const row = rowOrFault(mirror, id)
  const at = mirror.connections.columns.at
  const slot = at.slot[row]!
  const last = at.lastPacket[row]!
  const counted = at.packets[row * 2]! + at.packets[row * 2 + 1]!
  const isThere = last >= 0 && mirror.engines.get(slot)?.stats !== null
  const records = isThere ? await host.connectionPackets(slot, id, last, limit) : []
  const items = records.map((record) => packetJson(seenPacket(mirror, slot, record)))
  // The ring holds those that are not counted too, so fewer than counted are cut for sure.
  return { items, cut: records.length < counted || records.length >= limit }
}
