import { hasPorts } from '../format/address.ts'

/** An address with its port in a narrow place: when room is short the address is cut, never the port. */
export function Endpoint({ address, port, l4 }: { address: string; port: number; l4: string | null }) {
  if (!hasPorts(l4)) return <span className="clip">{address}</span>
  const isV6 = address.includes(':')
  return (
    <span className="endpoint" title={isV6 ? address : undefined}>
      <span className="clip">
        {isV6 && '['}
        {address}
      </span>
      <span>
        {isV6 && ']'}:{port}
      </span>
    </span>
  )
}
