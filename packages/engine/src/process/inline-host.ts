/** An engine within this process: for tests, and wherever no rights are to be dropped. */
import type { CaptureSource } from '../capture/source.ts'
import type { EngineCommand, EngineMessage } from '../ipc/records.ts'
import { EngineRunner } from './engine-runner.ts'

export type InlineOptions = {
  sources: readonly CaptureSource[]
  kind: 'live' | 'file'
  onMessage: (message: EngineMessage) => void
  onClose: (cause: string) => void
}

/** Messages come synchronously: while a command is given, while a source hands over frames, or on `flush`. */
export class InlineEngine {
  private readonly runner: EngineRunner

  constructor({ sources, kind, onMessage, onClose }: InlineOptions) {
    this.runner = new EngineRunner({
      sources,
      kind,
      process: { pid: process.pid, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, threads: 1, capabilities: [] },
      bufferBytes: 0,
      notes: [],
      outlet: { send: onMessage, backlogBytes: 0 },
      onFailed: () => {
        onClose('failed')
      },
    })
  }

  /** The first is `configure`. */
  send(command: EngineCommand): void {
    this.runner.command(command)
  }

  /** Makes a batch now, without waiting for the next tenth of a second. */
  flush(): void {
    this.runner.flush()
  }

  close(): void {
    this.runner.close()
  }
}
