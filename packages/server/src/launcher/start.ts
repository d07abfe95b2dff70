/** What a server is told when it starts; the same again, but for a few fields, when it is started anew. */
import type { HelperAssignment, Settings } from '@ctscope/engine/model'
import type { CaptureOptions } from './requests.ts'
import type { Identity } from './rights.ts'

export type ServerStart = {
  version: string
  /** 0: any free one. */
  port: number
  /** Addresses to listen on. */
  hosts: string[]
  allowHosts: string[]
  /** The session's first, then those that the user fixed. */
  tokens: string[]
  /** Whom the server becomes before it listens; null: it has no rights to give up. */
  become: Identity | null
  /** Where the file with port and token is left for other commands of the same user; null: nowhere. */
  runFolder: string | null
  capture: LiveCapturePlan | FileCapturePlan
  settings: Settings
  helpers: HelperAssignment[]
  /** The dashboard's own connections stay in when `lo` or `any` is captured. */
  keepOwn: boolean
  /** A server ran before in this run: its page waits, nothing is fatal any more. */
  isRestart: boolean
  /** Numbers below were used by engines of servers before, as ordinals of ids too. */
  nextEngine: number
}

export type LiveCapturePlan = {
  kind: 'live'
  /** One engine each; more than one interface in a group share a zone. */
  groups: string[][]
  options: CaptureOptions
  /** BPF. */
  filter: string
}

export type FileCapturePlan = {
  kind: 'file'
  /** As it is shown; the launcher alone knows where it is opened. */
  name: string
  /** 0: as fast as it goes. */
  speed: number
}
