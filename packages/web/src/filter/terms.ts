/** Filters made from a click on a cell. */

/** A comparison that one cell stands for. */
export type CellTerm = { field: string; value: string }

/** `text && field == value`, or without it; what is there twice is not added again. */
export function withTerm(text: string, { field, value }: CellTerm, how: 'only' | 'not'): string {
  const comparison = `${field} == ${quoted(value)}`
  const term = how === 'only' ? comparison : `!(${comparison})`
  const before = text.trim()
  if (before === '') return term
  if (before === term || before.endsWith(`&& ${term}`)) return before
  return `${/\|\||\bor\b/i.test(before) ? `(${before})` : before} && ${term}`
}

function quoted(value: string): string {
  return /^[^\s()!=<>&|,{}"']+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
