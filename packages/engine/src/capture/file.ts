import { open, type FileHandle } from 'node:fs/promises'
import { EngineError } from '../errors.ts'
import { BatchWriter } from './batch-writer.ts'
import { ByteWindow, type ReadBytes } from './byte-window.ts'
import { cutFile, foreignFile } from './capture-file-error.ts'
import type { FileParser } from './file-parser.ts'
import { GzipReader, isGzip } from './gzip.ts'
import { PcapParser } from './pcap-file.ts'
import { PcapngParser } from './pcapng-file.ts'
import type { CaptureHandlers, CaptureSource, CaptureStats } from './source.ts'

/** Holds the header of any file, and what a pcapng file says of its first interface. A pipe may give it in pieces. */
const FILE_HEADER_LEN = 4096

/** Opens a capture file and reads no byte of it yet: opening is what may need rights, reading is what may be attacked. */
export async function openCaptureFile(path: string): Promise<FileHandle> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    throw unopened(path, error)
  }
  if ((await file.stat()).isDirectory()) {
    await file.close()
    throw new EngineError('ERR_CAPTURE_FILE_OPEN', `cannot open ${path}: it is a directory`, 'Give the path of one capture file.')
  }
  return file
}

function unopened(path: string, error: unknown): EngineError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  const [what, hint] =
    code === 'ENOENT'
      ? ['there is no such file', 'Check the path.']
      : code === 'EACCES' || code === 'EPERM'
        ? ['permission denied', 'Make it readable for the user that runs ctscope.']
        : [code, 'See whether another program can read it.']
  return new EngineError('ERR_CAPTURE_FILE_OPEN', `cannot open ${path}: ${what}`, hint, { cause: error })
}

export interface FileSourceOptions {
  /** Most frames a batch: a player that keeps the file's pace asks for few. */
  maxBatchFrames?: number
}

/**
 * A source of the frames of an open pcap or pcapng file, packed by gzip or not. Reads one block ahead; memory does
 * not grow with the file. Closes `file` when it is closed or fails to begin.
 * @throws EngineError ERR_CAPTURE_FILE_FORMAT where it is no capture file.
 */
export async function readCaptureFile(file: FileHandle, path: string, options: FileSourceOptions = {}): Promise<CaptureSource> {
  let gzip: GzipReader | undefined
  try {
    const readFile: ReadBytes = async (into, at, length) => (await file.read(into, at, length, null)).bytesRead
    let read = readFile
    const window = new ByteWindow()
    await window.fill(read, FILE_HEADER_LEN)
    if (isGzip(window)) {
      gzip = new GzipReader(Buffer.from(window.bytes.subarray(window.at, window.end)), readFile)
      read = gzip.read
      await window.fill(read, FILE_HEADER_LEN)
    }
    const parser = parserFor(window)
    return new FileSource({ path, file, gzip, read, window, parser }, options)
  } catch (error) {
    gzip?.close()
    await file.close()
    throw error
  }
}

function parserFor(window: ByteWindow): FileParser {
  if (window.at === window.end) throw foreignFile('it is empty')
  if (PcapParser.matches(window)) return new PcapParser(window)
  if (PcapngParser.matches(window)) return new PcapngParser(window)
  throw foreignFile('it begins neither as pcap nor as pcapng')
}

interface OpenFile {
  path: string
  file: FileHandle
  gzip: GzipReader | undefined
  read: ReadBytes
  /** The first block, with the parser past the file's header. */
  window: ByteWindow
  parser: FileParser
}

class FileSource implements CaptureSource {
  readonly interfaceName: string
  readonly #open: OpenFile
  readonly #options: FileSourceOptions
  #writer: BatchWriter | undefined
  #isPaused = false
  #isClosed = false
  #wake: (() => void) | undefined

  constructor(openFile: OpenFile, options: FileSourceOptions) {
    this.#open = openFile
    this.#options = options
    this.interfaceName = openFile.path
  }

  get linkType(): number {
    return this.#open.parser.linkType
  }

  get snapLength(): number {
    return this.#open.parser.snapLength
  }

  start(handlers: CaptureHandlers): void {
    const writer = new BatchWriter((batch) => {
      handlers.onBatch(batch)
      if (this.#isPaused || this.#isClosed) writer.isHalted = true
    }, this.#options.maxBatchFrames)
    this.#writer = writer
    setImmediate(() => void this.#run(writer, handlers))
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#wake?.()
  }

  stats(): CaptureStats {
    return { received: this.#writer?.frames ?? 0, droppedByRing: 0, droppedByInterface: 0 }
  }

  setFilter(text: string): void {
    if (text.trim() === '') return
    throw new EngineError(
      'ERR_BPF',
      'a capture file takes no capture filter',
      'Filter what is shown instead, or write a filtered copy: tcpdump -r FILE -w COPY FILTER.',
    )
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#open.gzip?.close()
    this.#wake?.()
    // A read under way ends first; nobody is told of an error any more.
    this.#open.file.close().catch(() => undefined)
  }

  async #run(writer: BatchWriter, handlers: CaptureHandlers): Promise<void> {
    let failure: EngineError | undefined
    try {
      await this.#deliver(writer)
    } catch (error) {
      failure = this.#failure(error)
    }
    await this.#flush(writer)
    if (!this.#isClosed) {
      this.close()
      handlers.onEnd(failure)
    }
  }

  async #deliver(writer: BatchWriter): Promise<void> {
    const { parser, read } = this.#open
    let window = this.#open.window
    let spare = new ByteWindow()
    for (;;) {
      const reading = spare.fill(read)
      // Its failure is dealt with below, once the window before it is taken.
      reading.catch(() => undefined)
      await this.#takeAll(writer, window)
      if (this.#isClosed) return
      if (!(await reading)) break
      spare.prepend(window)
      ;[window, spare] = [spare, window]
    }
    if (window.at < window.end || parser.isInsideRecord) throw cutFile(parser.offset)
  }

  async #takeAll(writer: BatchWriter, window: ByteWindow): Promise<void> {
    do {
      await this.#whilePaused()
      if (this.#isClosed) return
      writer.isHalted = false
      this.#open.parser.parse(window, writer)
    } while (writer.isHalted)
  }

  async #flush(writer: BatchWriter): Promise<void> {
    await this.#whilePaused()
    if (!this.#isClosed) writer.flush()
  }

  async #whilePaused(): Promise<void> {
    while (this.#isPaused && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #failure(error: unknown): EngineError {
    if (error instanceof EngineError) return error
    const what = error instanceof Error ? error.message : String(error)
    return new EngineError('ERR_CAPTURE_FILE_READ', `cannot read ${this.interfaceName}: ${what}`, 'What came before is kept.', {
      cause: error,
    })
  }
}
