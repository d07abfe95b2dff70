/**
 * What `iptables -m conntrack --ctstate` and `nft ct state` say of a packet (CONNTRACK.md 3.2).
 * None: conntrack never got it (not IP, a broken IP header, or a fragment that waits for the rest).
 */
export const CtState = {
  None: 0,
  New: 1,
  Established: 2,
  Related: 3,
  Invalid: 4,
  Untracked: 5,
} as const
export type CtState = (typeof CtState)[keyof typeof CtState]

export const CT_STATE_NAMES = ['NONE', 'NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'] as const
export type CtStateName = (typeof CT_STATE_NAMES)[number]
