import { REASONS, reasonText, type ReasonArgs } from '@ctscope/engine/model'
import type { Reason } from '../api/rest.ts'

/** A reason with its sentence. A number that this version does not know keeps its number as code. */
export function reasonJson(reason: number, args: ReasonArgs): Reason {
  return { code: reasonCode(reason), text: reasonText(reason, args), args: [...args] }
}

export function reasonCode(reason: number): string {
  return REASONS[reason]?.code ?? String(reason)
}
