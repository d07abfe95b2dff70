/**
 * A bounded list that grows at its newest end, and once at its oldest. An item has a place that never changes, so
 * that a held view keeps its items while others come and the oldest go.
 */
export type Feed<T> = {
  /** Oldest first. */
  readonly items: readonly T[]
  /** Place of `items[0]`: rises as the oldest go, and is below 0 when older ones were fetched later. */
  readonly first: number
}

export const FEED_LIMIT = 5000

export const EMPTY_FEED: Feed<never> = { items: [], first: 0 }

/** Adds newer items; the oldest go when there are more than the limit. */
export function appendToFeed<T>(feed: Feed<T>, newer: readonly T[], limit = FEED_LIMIT): Feed<T> {
  if (newer.length === 0) return feed
  const items = [...feed.items, ...newer]
  const surplus = Math.max(0, items.length - limit)
  return { items: surplus > 0 ? items.slice(surplus) : items, first: feed.first + surplus }
}

/** Puts older items before the oldest, as far as there is room. */
export function prependToFeed<T>(feed: Feed<T>, older: readonly T[], limit = FEED_LIMIT): Feed<T> {
  const kept = older.slice(Math.max(0, older.length - Math.max(0, limit - feed.items.length)))
  return kept.length === 0 ? feed : { items: [...kept, ...feed.items], first: feed.first - kept.length }
}

/** Place after the newest item. */
export function feedEnd(feed: Feed<unknown>): number {
  return feed.first + feed.items.length
}
