/**
 * FTP as real clients speak it: every way to negotiate a data connection, over each protocol that has it, for every
 * kind of transfer. Data; ftp-run.ts carries it out.
 */
import type { L3 } from '../addresses.ts'

export const FTP_MODES = ['PORT', 'EPRT', 'PASV', 'EPSV'] as const
/** PORT and EPRT are active: the server opens the data connection. PASV and EPSV are passive. */
export type FtpMode = (typeof FTP_MODES)[number]
const TRANSFERS = ['download', 'upload', 'listing', 'abort'] as const
/** `announcement`: a negotiation that no data connection follows. */
export type FtpOperation = (typeof TRANSFERS)[number] | 'announcement'
/** `script` is a client of ours: curl sends no ABOR, lftp no EPRT over IPv4. */
export type FtpClient = 'curl' | 'lftp' | 'script'

export type FtpScenario = { title: string; l3: L3; mode: FtpMode; operation: FtpOperation; client: FtpClient }

/** RFC 2428: IPv6 has the extended commands only. */
const NEGOTIATIONS: readonly { l3: L3; mode: FtpMode }[] = [
  ...FTP_MODES.map((mode) => ({ l3: 'ipv4' as const, mode })),
  { l3: 'ipv6', mode: 'EPRT' },
  { l3: 'ipv6', mode: 'EPSV' },
]

const LFTP: readonly Omit<FtpScenario, 'title'>[] = [
  { l3: 'ipv4', mode: 'PORT', operation: 'upload', client: 'lftp' },
  { l3: 'ipv4', mode: 'PASV', operation: 'listing', client: 'lftp' },
  // Its ABOR is urgent data, as RFC 959 section 4.1.3 asks.
  { l3: 'ipv4', mode: 'PASV', operation: 'abort', client: 'lftp' },
  { l3: 'ipv6', mode: 'EPRT', operation: 'abort', client: 'lftp' },
]

/** Each with a data connection. */
export const FTP_SCENARIOS: readonly FtpScenario[] = [
  ...NEGOTIATIONS.flatMap(({ l3, mode }) =>
    TRANSFERS.map((operation) => titled({ l3, mode, operation, client: operation === 'abort' ? 'script' : 'curl' })),
  ),
  ...LFTP.map(titled),
]

/** Each leaves an expectation that waits. */
export const UNMET_FTP_SCENARIOS: readonly FtpScenario[] = NEGOTIATIONS.map(({ l3, mode }) =>
  titled({ l3, mode, operation: 'announcement', client: 'script' }),
)

function titled(scenario: Omit<FtpScenario, 'title'>): FtpScenario {
  const { l3, mode, operation, client } = scenario
  return { title: `${mode} over ${l3}: ${operation} by ${client}`, ...scenario }
}
