/**
 * A bounded list that only grows at its newest end. A place in it is counted from the first item ever, so that a
 * held view keeps its items while others come and the oldest go.
 */
export type Feed<T> = {
  /** Oldest first. */
  readonly items: readonly T[]
  /** Items that came before `items[0]` and are no longer here. */
  readonly gone: number
}

export const FEED_LIMIT = 5000

export const EMPTY_FEED: Feed<never> = { items: [], gone: 0 }

/** Adds newer items; the oldest go when there are more than the limit. */
export function appendToFeed<T>(feed: Feed<T>, newer: readonly T[], limit = FEED_LIMIT): Feed<T> {
  if (newer.length === 0) return feed
  const items = [...feed.items, ...newer]
  const surplus = Math.max(0, items.length - limit)
  return { items: surplus > 0 ? items.slice(surplus) : items, gone: feed.gone + surplus }
}

/** Place after the newest item. */
export function feedEnd(feed: Feed<unknown>): number {
  return feed.gone + feed.items.length
}
