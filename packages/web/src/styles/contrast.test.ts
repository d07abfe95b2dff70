import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** WCAG 2.2, 1.4.3: every text colour on every surface it may stand on, in both themes. */
const LEAST = 4.5

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
const tokens = new Map(
  [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map((match) => [match[1]!, [match[2]!, match[3]!]]),
)

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const PLAIN = ['bg', 'panel', 'sunk', 'hover', 'pick']
const TINTED = ['new-bg', 'est-bg', 'rel-bg', 'inv-bg', 'warn-bg']
const ANYWHERE = ['text', 'dim', 'faint', 'focus', 'inv', 'new', 'est', 'rel', 'end', 'warn']
/** On a tinted surface stand its own colour, plain text, dim text and links. */
const ON_TINTED = ['text', 'dim', 'focus', 'end']

const pairs = [
  ...PLAIN.flatMap((surface) => ANYWHERE.map((text) => [text, surface] as const)),
  ...TINTED.flatMap((surface) => [...ON_TINTED, surface.replace('-bg', '')].map((text) => [text, surface] as const)),
  ['panel', 'focus'] as const,
]

describe('contrast', () => {
  it('has every token in both themes', () => {
    expect(tokens.size).toBeGreaterThanOrEqual(PLAIN.length + TINTED.length + ANYWHERE.length)
  })

  it.each(pairs)('%s on %s', (text, surface) => {
    for (const theme of [0, 1]) {
      expect(contrast(tokens.get(text)![theme]!, tokens.get(surface)![theme]!), theme === 0 ? 'light' : 'dark').toBeGreaterThanOrEqual(
        LEAST,
      )
    }
  })
})
