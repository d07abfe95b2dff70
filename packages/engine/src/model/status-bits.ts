/** An entry's status bits, with the kernel's values (CONNTRACK.md 3.3). */
export const Status = {
  Expected: 0x1,
  SeenReply: 0x2,
  Assured: 0x4,
  Confirmed: 0x8,
  SrcNat: 0x10,
  DstNat: 0x20,
  SeqAdjust: 0x40,
  SrcNatDone: 0x80,
  DstNatDone: 0x100,
  Dying: 0x200,
  FixedTimeout: 0x400,
  Template: 0x800,
  NatClash: 0x1000,
  Helper: 0x2000,
  Offload: 0x4000,
  HwOffload: 0x8000,
} as const

/** Names by bit number, as the kernel's listeners print them. */
export const STATUS_NAMES = [
  'EXPECTED',
  'SEEN_REPLY',
  'ASSURED',
  'CONFIRMED',
  'SRC_NAT',
  'DST_NAT',
  'SEQ_ADJUST',
  'SRC_NAT_DONE',
  'DST_NAT_DONE',
  'DYING',
  'FIXED_TIMEOUT',
  'TEMPLATE',
  'UNTRACKED',
  'HELPER',
  'OFFLOAD',
  'HW_OFFLOAD',
] as const
export type StatusName = (typeof STATUS_NAMES)[number]

export function statusNames(bits: number): StatusName[] {
  return STATUS_NAMES.filter((_, bit) => (bits >>> bit) & 1)
}
