import { describe, expect, it } from 'vitest'
import { appendToFeed, EMPTY_FEED, feedEnd } from './feed.ts'

describe('appendToFeed', () => {
  it('adds at the newest end', () => {
    expect(appendToFeed(appendToFeed(EMPTY_FEED, [1, 2]), [3])).toEqual({ items: [1, 2, 3], gone: 0 })
  })

  it('lets the oldest go beyond the limit and keeps their count, so that places stay', () => {
    const feed = appendToFeed(appendToFeed(EMPTY_FEED, [1, 2, 3], 3), [4, 5], 3)
    expect(feed).toEqual({ items: [3, 4, 5], gone: 2 })
    expect(feedEnd(feed)).toBe(5)
  })

  it('hands back the same object when nothing came', () => {
    expect(appendToFeed(EMPTY_FEED, [])).toBe(EMPTY_FEED)
  })
})
