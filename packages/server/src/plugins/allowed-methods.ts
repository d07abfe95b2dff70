/** Which methods a path takes: what tells a wrong method (405) from a wrong path (404). */
import type { FastifyInstance } from 'fastify'

/** To be called before any route is added. @returns the methods of a path without its query; empty: there is no such path */
export function allowedMethods(app: FastifyInstance): (path: string) => string[] {
  const routes: { path: RegExp; methods: string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    // The page's own paths are whatever the API leaves.
    if (url.includes('*')) return
    const segments = url.split('/').map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replace(/[.+]/g, '\\$&')))
    routes.push({ path: new RegExp(`^${segments.join('/')}$`), methods: [method].flat() })
  })
  return (path) => [...new Set(routes.filter((route) => route.path.test(path)).flatMap(({ methods }) => methods))].sort()
}
