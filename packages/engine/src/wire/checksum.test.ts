import { describe, expect, it } from 'vitest'
import { decoded } from '../../test/support/decoded.ts'
import { bytes, internetChecksum, ipv4, ipv6, udp } from '../../test/support/packet-builder.ts'
import { crc32c, foldSum, isL4ChecksumRight, isPlainChecksumRight, onesSum } from './checksum.ts'

describe('the Internet checksum', () => {
  it('is that of the example in RFC 1071, 3', () => {
    expect(foldSum(onesSum(bytes([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), 0, 8))).toBe(0xddf2)
  })

  it('counts an odd last byte as the upper half of a word', () => {
    expect(foldSum(onesSum(bytes([0x12, 0x34, 0x56]), 0, 3))).toBe(0x1234 + 0x5600)
  })

  it('does not lose carries of a long packet', () => {
    expect(foldSum(onesSum(new Uint8Array(400_000).fill(0xff), 0, 400_000))).toBe(0xffff)
  })

  it('knows a right IPv4 header', () => {
    const packet = ipv4(udp(), { options: [1, 1, 1, 0] })
    expect(isPlainChecksumRight(packet, 0, 24)).toBe(true)
    packet[8] = 63
    expect(isPlainChecksumRight(packet, 0, 24)).toBe(false)
  })

  // Made by hand from the pseudo headers of RFC 768 and RFC 8200 8.1.
  const over = (pseudo: readonly number[], datagram: Uint8Array): number => internetChecksum(bytes(pseudo, datagram))
  const datagram = udp({ srcPort: 4000, dstPort: 53, payload: 'abc' })
  const v4 = [10, 0, 0, 1, 10, 0, 0, 2, 0, 17, 0, 11]
  const v6 = [0xfd, ...new Array<number>(14).fill(0), 1, 0xfd, ...new Array<number>(14).fill(0), 2, 0, 0, 0, 11, 0, 0, 0, 17]
  const summed = (checksum: number): Uint8Array => udp({ srcPort: 4000, dstPort: 53, payload: 'abc', checksum })

  it('[2.6] covers the pseudo header of either family', () => {
    const right4 = decoded(ipv4(summed(over(v4, datagram))))
    const right6 = decoded(ipv6(summed(over(v6, datagram))))
    expect(isL4ChecksumRight(right4, right4.l4End, 17)).toBe(true)
    expect(isL4ChecksumRight(right6, right6.l4End, 17)).toBe(true)
    expect(isL4ChecksumRight(right4, right4.l4End, 136)).toBe(false)
    const wrong = decoded(ipv4(summed(over(v4, datagram) ^ 1)))
    expect(isL4ChecksumRight(wrong, wrong.l4End, 17)).toBe(false)
  })

  it('[2.6] covers no more than it is told to', () => {
    const header = decoded(ipv4(udp({ payload: 'abc', length: 8, checksum: over(v4, udp({ payload: [0, 0, 0], length: 8 })) })))
    expect(isL4ChecksumRight(header, header.l4At + 8, 17)).toBe(true)
    expect(isL4ChecksumRight(header, header.l4End, 17)).toBe(false)
  })
})

describe('CRC-32c', () => {
  it.each([
    // RFC 3720 B.4
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['the check string', bytes('123456789'), 0xe3069283],
  ])('of %s', (_, b, crc) => {
    expect(crc32c(b, 0, b.length)).toBe(crc)
  })

  it('counts the checksum field as zeros, and only what lies between', () => {
    const packet = new Uint8Array(40).fill(7)
    packet.fill(0, 4, 36)
    packet.fill(9, 12, 16)
    expect(crc32c(packet, 4, 36, 12)).toBe(0x8a9136aa)
  })
})
