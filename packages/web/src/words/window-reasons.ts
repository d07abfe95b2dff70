/** Window reasons for people who read relative numbers: what is wrong, without the absolute numbers of the engine's sentence. */
import type { Reason } from '@ctscope/server/api/rest'
import { count } from '../format/number.ts'

/** Null where the engine's own sentence is as good. */
export function windowSentence({ code, args }: Reason): string | null {
  const bytes = (index: number) => `${count(args[index] ?? 0)} ${args[index] === 1 ? 'byte' : 'bytes'}`
  switch (code) {
    case 'TCP_SEQ_ABOVE_WINDOW':
      return `begins ${bytes(1)} beyond the receiver’s window`
    case 'TCP_SEQ_OVERSHOOT':
      return `ends ${bytes(2)} beyond the receiver’s window`
    case 'TCP_ACK_ABOVE_SENT':
      return `acknowledges ${bytes(1)} that were never sent`
    case 'TCP_RST_BELOW_ACK':
      return `RST stands ${bytes(1)} before what is acknowledged already`
    default:
      return null
  }
}

/** The same where many packets are counted. */
export const WINDOW_TITLES: Record<string, string> = {
  TCP_SEQ_ABOVE_WINDOW: 'begins beyond the receiver’s window',
  TCP_SEQ_OVERSHOOT: 'ends beyond the receiver’s window',
  TCP_ACK_ABOVE_SENT: 'acknowledges what was never sent',
  TCP_RST_BELOW_ACK: 'RST before what is acknowledged already',
}

/** The sentence to show for a reason. */
export function reasonSentence(reason: Reason): string {
  return windowSentence(reason) ?? (reason.text === '' ? reason.code : reason.text)
}
