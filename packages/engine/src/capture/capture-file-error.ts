import { EngineError } from '../errors.ts'

/**
 * The longest frame that a file may hold, bytes: four times what libpcap allows, twice what Linux hands over at most
 * as one (GSO_MAX). A longer one is a broken file.
 */
export const MAX_FRAME_LEN = 1 << 20

/** Neither pcap nor pcapng, or nothing at all. */
export function foreignFile(what: string): EngineError {
  return new EngineError(
    'ERR_CAPTURE_FILE_FORMAT',
    `not a capture file: ${what}`,
    'Give a pcap or pcapng file, as tcpdump -w, dumpcap or Wireshark write it; it may be compressed with gzip.',
  )
}

/** Bytes that no capture file can hold; what came before them is kept. */
export function corruptFile(what: string, offset: number): EngineError {
  return new EngineError(
    'ERR_CAPTURE_FILE_CORRUPT',
    `the capture file is broken at byte ${String(offset)}: ${what}`,
    'What came before is kept. If the file was copied as text or by a broken transfer, copy it again.',
  )
}

/** The file ends before its last record does; what came before is kept. */
export function cutFile(offset: number): EngineError {
  return new EngineError(
    'ERR_CAPTURE_FILE_CUT',
    `the capture file ends inside the record at byte ${String(offset)}`,
    'What came before is kept. The capturing program was stopped before it had written all, or the copy is not whole.',
  )
}
