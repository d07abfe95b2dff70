/** Long answers as text, made a piece at a time so that others get their turn in between. */
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

const LINES_PER_TURN = 500

export function textStream<T>(head: string, items: ArrayLike<T>, line: (item: T) => string): Readable {
  return Readable.from(pieces(head, items, line), { objectMode: false })
}

async function* pieces<T>(head: string, items: ArrayLike<T>, line: (item: T) => string): AsyncGenerator<Buffer> {
  if (head !== '') yield Buffer.from(head)
  for (let from = 0; from < items.length; from += LINES_PER_TURN) {
    let text = ''
    for (let i = from; i < Math.min(from + LINES_PER_TURN, items.length); i++) text += line(items[i]!)
    if (text !== '') yield Buffer.from(text)
    await turn()
  }
}
