/** Which Host and which Origin may come in: what keeps other pages of the same browser out. */

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The name of a Host header without its port, lower case; null when it is not well-formed. */
function hostName(host: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec(host.toLowerCase())
  return match?.[1] ?? null
}

/** Loopback names with any port, so that a forwarded port works; others only where they were allowed. */
export function isAllowedHost(host: string | undefined, allowed: ReadonlySet<string>): boolean {
  const name = host === undefined ? null : hostName(host)
  return name !== null && (LOOPBACK.has(name) || allowed.has(name))
}

/** Whether an Origin is that of the very page served under this Host: scheme, name and port. */
export function isSameOrigin(origin: string, scheme: string, host: string): boolean {
  return origin.toLowerCase() === `${scheme}://${host.toLowerCase()}`
}
