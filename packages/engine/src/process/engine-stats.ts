import type { CaptureSource } from '../capture/source.ts'
import type { Engine } from '../engine.ts'
import type { Batcher } from '../events/batcher.ts'
import type { PacketRing } from '../events/packet-ring.ts'
import type { EngineStats } from '../ipc/records.ts'

/** What an engine has counted so far. @param heldBatches that were not made because the server did not read */
export function engineStats(
  engine: Engine,
  batcher: Batcher,
  ring: PacketRing,
  sources: readonly CaptureSource[],
  heldBatches: number,
): EngineStats {
  const { counters, tracker } = engine
  const captured = sources.map((source) => source.stats())
  const sum = (of: (stats: (typeof captured)[number]) => number) => captured.reduce((total, stats) => total + of(stats), 0)
  const reasons: Record<number, number> = {}
  counters.reasons.forEach((count, reason) => {
    if (count > 0) reasons[reason] = count
  })
  const limits = {
    ...batcher.limits,
    'batches-held': heldBatches,
    'own-packets-left-out': counters.excluded,
    'packets-overwritten': ring.overwritten,
    'table-full': tracker.tableFullDrops,
  }
  return {
    packets: counters.packets,
    bytes: counters.bytes,
    states: [...counters.states],
    reasons,
    decode: [...counters.decode],
    dropped: { ring: sum((s) => s.droppedByRing), interface: sum((s) => s.droppedByInterface), engine: tracker.tableFullDrops },
    received: sum((s) => s.received),
    entries: tracker.table.count,
    limit: tracker.table.capacity,
    expectations: tracker.expecting.expectations.size,
    transitions: batcher.transitionCount,
    earlyDrops: tracker.earlyDrops,
    fragmentsHeld: engine.defragmenter.waiting,
    limits: Object.fromEntries(Object.entries(limits).filter(([, count]) => count > 0)),
  }
}
