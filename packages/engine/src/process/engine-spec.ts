/** What the launcher tells an engine on its command line: only what must be known while it still has rights. */
export type EngineSource =
  | {
      kind: 'live'
      /** More than one: they share a zone. */
      interfaces: string[]
      snaplenBytes: number
      bufferBytes: number
      promiscuous: boolean
    }
  | { kind: 'file'; path: string }

export type EngineSpec = {
  source: EngineSource
  /** Whom it becomes when it is root. */
  become: { uid: number; gid: number } | null
}
