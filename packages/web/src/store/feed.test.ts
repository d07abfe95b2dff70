import { describe, expect, it } from 'vitest'
import { appendToFeed, EMPTY_FEED, feedEnd, prependToFeed } from './feed.ts'

describe('appendToFeed', () => {
  it('adds at the newest end', () => {
    expect(appendToFeed(appendToFeed(EMPTY_FEED, [1, 2]), [3])).toEqual({ items: [1, 2, 3], first: 0 })
  })

  it('lets the oldest go beyond the limit and keeps their count, so that places stay', () => {
    const feed = appendToFeed(appendToFeed(EMPTY_FEED, [1, 2, 3], 3), [4, 5], 3)
    expect(feed).toEqual({ items: [3, 4, 5], first: 2 })
    expect(feedEnd(feed)).toBe(5)
  })

  it('hands back the same object when nothing came', () => {
    expect(appendToFeed(EMPTY_FEED, [])).toBe(EMPTY_FEED)
  })
})

describe('prependToFeed', () => {
  it('leaves every item at its place', () => {
    const feed = prependToFeed(appendToFeed(EMPTY_FEED, [3, 4]), [1, 2])
    expect(feed).toEqual({ items: [1, 2, 3, 4], first: -2 })
    expect(feedEnd(feed)).toBe(2)
  })

  it('takes the newest of them when there is not room for all', () => {
    expect(prependToFeed(appendToFeed(EMPTY_FEED, [3, 4]), [1, 2], 3).items).toEqual([2, 3, 4])
  })
})
