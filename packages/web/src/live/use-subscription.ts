import { useEffect, useRef } from 'react'
import type { Subscription } from '@ctscope/server/api/live'
import { subscriptions } from './client.ts'
import type { Followed, Handler, SubscriptionOf } from './subscriptions.ts'

/**
 * Follows a topic for as long as the component is shown; null follows nothing. `handler` must not depend on what
 * changes from one drawing to the next: it is read once a subscription.
 */
export function useSubscription<T extends Subscription['topic']>(subscription: SubscriptionOf<T> | null, handler: Handler<T>) {
  const followed = useRef<Followed<T> | null>(null)
  const key = JSON.stringify(subscription)
  useEffect(() => {
    const wanted = JSON.parse(key) as SubscriptionOf<T> | null
    if (wanted === null) return
    const current = subscriptions.follow<T>(wanted, handler)
    followed.current = current
    return () => {
      followed.current = null
      current.stop()
    }
  }, [key, handler])
  return followed
}
