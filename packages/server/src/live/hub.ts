/** All live clients, and the tick that hands out what has happened: at most ten times a second. */
import type { WebSocket } from 'ws'
import { CLOSE_TOO_MANY, CLOSE_TOO_SLOW, LIVE_VERSION, type Subscription } from '../api/live.ts'
import type { Stats } from '../api/rest.ts'
import type { AppDeps } from '../deps.ts'
import type { IdSnapshots } from '../mirror/id-snapshots.ts'
import type { Mirror } from '../mirror/mirror.ts'
import { connectionPackets } from '../mirror/connection-packets.ts'
import { ConnectionsTopic } from './connections-topic.ts'
import { PacketsTopic, TransitionsTopic } from './feed-topics.ts'
import { Session } from './session.ts'
import { ConnectionTopic, ExpectationsTopic, ftpSessionTopic, ftpTopic, StatsTopic } from './state-topics.ts'
import type { Topic } from './topic.ts'
import { ViewPool } from './view-pool.ts'

const PING_EVERY_MS = 15_000

export class Hub {
  readonly #mirror: Mirror
  readonly #deps: AppDeps
  readonly #cursors: IdSnapshots
  readonly #wrongTokens: () => number
  readonly #views: ViewPool
  readonly #sessions = new Set<Session>()
  readonly #packetTopics = new Set<PacketsTopic>()
  #timer: NodeJS.Timeout | undefined
  #nextId = 1
  #pingedMs = 0
  #refusedClients = 0
  #closedSlow = 0
  #closedMany = 0
  #freezeOverflow = 0

  constructor(mirror: Mirror, deps: AppDeps, cursors: IdSnapshots, wrongTokens: () => number) {
    this.#mirror = mirror
    this.#deps = deps
    this.#cursors = cursors
    this.#wrongTokens = wrongTokens
    this.#views = new ViewPool(mirror)
    mirror.onPackets = (slot, records, skipped) => {
      for (const topic of this.#packetTopics) topic.take(slot, records, skipped)
    }
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.tick()
    }, this.#deps.limits.tickMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const session of this.#sessions) session.terminate()
  }

  /** Brings orders up to date, hands out, and closes the tick: freed rows may be used again. */
  tick(): void {
    const mirror = this.#mirror
    const nowMs = mirror.nowMs()
    mirror.refreshClocks()
    mirror.sampleRates()
    this.#views.update(nowMs)
    mirror.isTicking = true
    try {
      for (const session of this.#sessions) session.tick(nowMs)
    } finally {
      mirror.isTicking = false
      mirror.connections.endTick()
    }
    if (nowMs - this.#pingedMs < PING_EVERY_MS) return
    this.#pingedMs = nowMs
    for (const session of this.#sessions) session.ping()
  }

  accept(socket: WebSocket): void {
    const deps = this.#deps
    if (this.#sessions.size >= deps.limits.clients) {
      this.#refusedClients++
      socket.close(CLOSE_TOO_MANY, 'too many clients')
      return
    }
    const session = new Session(this.#nextId++, socket, {
      limits: deps.limits,
      now: () => this.#mirror.now(),
      nowMs: () => this.#mirror.nowMs(),
      openTopic: (subscription) => this.#openTopic(subscription),
    })
    this.#sessions.add(session)
    socket.on('message', (data: Buffer) => {
      session.receive(data.toString())
    })
    socket.on('pong', () => {
      session.isAlive = true
    })
    // What is wrong with a socket ends in its close.
    socket.on('error', () => undefined)
    socket.on('close', (code: number) => {
      if (code === CLOSE_TOO_SLOW) this.#closedSlow++
      if (code === CLOSE_TOO_MANY) this.#closedMany++
      this.#sessions.delete(session)
      session.close()
    })
    session.send({
      type: 'hello',
      version: LIVE_VERSION,
      epoch: deps.epoch,
      product: `ctscope ${deps.version}`,
      now: this.#mirror.now(),
      capture: deps.host.capture(),
      ownExcluded: deps.ownExcluded,
    })
  }

  stats(): Stats {
    return this.#mirror.stats(
      [...this.#sessions].map((session) => session.stats()),
      {
        'cursors.evicted': this.#cursors.evicted,
        'clients.refused': this.#refusedClients,
        'clients.closed.slow': this.#closedSlow,
        'clients.closed.messages': this.#closedMany,
        'freeze.rows': this.#freezeOverflow,
        'tokens.wrong': this.#wrongTokens(),
      },
    )
  }

  #openTopic(subscription: Subscription): Topic {
    const mirror = this.#mirror
    const { limits, host } = this.#deps
    mirror.refreshClocks()
    switch (subscription.topic) {
      case 'connections': {
        const { window, ...request } = subscription
        return new ConnectionsTopic(mirror, this.#views, request, window, limits, () => this.#freezeOverflow++)
      }
      case 'packets':
        return new PacketsTopic(mirror, subscription.filter, limits, (topic) => this.#watchPackets(topic))
      case 'transitions':
        return new TransitionsTopic(mirror, subscription.filter, subscription.since, limits)
      case 'ftp':
        return ftpTopic(mirror)
      case 'ftp-session':
        return ftpSessionTopic(mirror, subscription.id)
      case 'expectations':
        return new ExpectationsTopic(mirror)
      case 'stats':
        return new StatsTopic(
          mirror,
          () => this.stats(),
          () => host.capture(),
        )
      case 'connection':
        return new ConnectionTopic(
          mirror,
          subscription.id,
          (id) => connectionPackets(mirror, host, id, limits.ladderPackets),
          limits.ladderPackets,
        )
    }
  }

  #watchPackets(topic: PacketsTopic): () => void {
    this.#packetTopics.add(topic)
    if (this.#packetTopics.size === 1) this.#deps.host.watchPackets(true)
    return () => {
      if (this.#packetTopics.delete(topic) && this.#packetTopics.size === 0) this.#deps.host.watchPackets(false)
    }
  }
}
