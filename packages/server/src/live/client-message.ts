/** What a client may send, checked before anything is made of it. */
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { CONNECTION_SORTS, type ClientMessage } from '../api/live.ts'
import { ApiFault } from '../api-fault.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Sub = Type.Integer({ minimum: 0, maximum: 0x7fffffff })
const Filter = Type.String({ maxLength: 4096 })
const Position = Type.Integer({ minimum: 0, maximum: 0x7fffffff })

const Window = Type.Object({
  offset: Position,
  limit: Type.Integer({ minimum: 1, maximum: 10_000 }),
  anchor: Type.Union([Type.Object({ id: Id, index: Type.Integer({ minimum: -10_000, maximum: 10_000 }) }), Type.Null()]),
})

const Subscription = Type.Union([
  Type.Object({
    topic: Type.Literal('connections'),
    filter: Filter,
    sort: Type.Enum([...CONNECTION_SORTS]),
    order: Type.Union([Type.Literal('asc'), Type.Literal('desc')]),
    ended: Type.Boolean(),
    tree: Type.Boolean(),
    window: Window,
  }),
  Type.Object({ topic: Type.Literal('packets'), filter: Filter }),
  Type.Object({ topic: Type.Literal('transitions'), filter: Filter, since: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]) }),
  Type.Object({ topic: Type.Literal('ftp') }),
  Type.Object({ topic: Type.Literal('ftp-session'), id: Id }),
  Type.Object({ topic: Type.Literal('expectations') }),
  Type.Object({ topic: Type.Literal('stats') }),
  Type.Object({ topic: Type.Literal('connection'), id: Id }),
])

const Message = Type.Union([
  Type.Object({ type: Type.Literal('subscribe'), sub: Sub, subscription: Subscription }),
  Type.Object({ type: Type.Literal('window'), sub: Sub, window: Window }),
  Type.Object({ type: Type.Literal('freeze'), sub: Sub, frozen: Type.Boolean() }),
  Type.Object({ type: Type.Literal('unsubscribe'), sub: Sub }),
])

// Fails to compile when the schema and the contract's type drift apart.
type Checked =
  Static<typeof Message> extends ClientMessage ? (ClientMessage extends Static<typeof Message> ? Static<typeof Message> : never) : never

const validator = Compile(Message)

/** @throws ApiFault ERR_MESSAGE, with what is wrong where */
export function readClientMessage(text: string): ClientMessage {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ApiFault('ERR_MESSAGE', 'the message is not JSON', 'See the live contract.')
  }
  if (validator.Check(value)) return value satisfies Checked
  const errors = validator.Errors(value)
  const [first] = errors
  const where = first?.instancePath ?? ''
  throw new ApiFault(
    'ERR_MESSAGE',
    `the message is not understood${where === '' ? '' : ` at ${where}`}: ${first?.message ?? 'wrong form'}`,
    'See the live contract.',
  )
}

/** The subscription that a message that is not understood belongs to, where it says so. */
export function subOfBadMessage(text: string): number | null {
  try {
    const { sub } = JSON.parse(text) as { sub?: unknown }
    return Number.isInteger(sub) ? (sub as number) : null
  } catch {
    return null
  }
}
