/** What each status bit of an entry means (CONNTRACK.md 3.3), for someone who meets it for the first time. */
export const STATUS_MEANINGS: Record<string, string> = {
  EXPECTED: 'A helper had announced this connection: its first packet was RELATED.',
  SEEN_REPLY: 'Packets went both ways: from the first reply on its packets are ESTABLISHED.',
  ASSURED: 'Traffic both ways was confirmed: it is not evicted early when the table is full.',
  CONFIRMED: 'Its first packet left the firewall: it is in the table.',
  SRC_NAT: 'Its source address is rewritten.',
  DST_NAT: 'Its destination address is rewritten.',
  SEQ_ADJUST: 'Rewritten text changed its length: sequence numbers are adjusted.',
  SRC_NAT_DONE: 'Source address translation was decided.',
  DST_NAT_DONE: 'Destination address translation was decided.',
  DYING: 'It is being deleted.',
  FIXED_TIMEOUT: 'Packets do not renew its time.',
  TEMPLATE: 'A pattern for connections, not a connection.',
  UNTRACKED: 'Deliberately not tracked.',
  HELPER: 'A helper reads its packets and announces further connections.',
  OFFLOAD: 'A flow table forwards its packets.',
  HW_OFFLOAD: 'Hardware forwards its packets.',
}
