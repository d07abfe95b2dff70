/** SCTP states with ctnetlink's numbers (CONNTRACK.md 5.5). */
export const SctpState = {
  None: 0,
  Closed: 1,
  CookieWait: 2,
  CookieEchoed: 3,
  Established: 4,
  ShutdownSent: 5,
  ShutdownRecd: 6,
  ShutdownAckSent: 7,
  HeartbeatSent: 8,
} as const
export type SctpState = (typeof SctpState)[keyof typeof SctpState]

export const SCTP_STATE_NAMES = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
  'HEARTBEAT_SENT',
] as const
export type SctpStateName = (typeof SCTP_STATE_NAMES)[number]
