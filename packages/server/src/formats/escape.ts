/**
 * Text from packets on its way to a terminal, a log or a spreadsheet: characters that move the cursor, turn the
 * direction of writing or end a line are written out. Browser-safe.
 */

// C0 and C1 controls, DEL, line and paragraph separator, bidirectional marks, embeddings, overrides and isolates.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Unsafe characters as `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** One line of JSON that is safe on a terminal too, and still the same JSON. */
export function jsonLine(value: unknown): string {
  return escapeControls(JSON.stringify(value))
}
