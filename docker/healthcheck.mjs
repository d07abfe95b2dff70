// Healthy while the server answers; it says more on the page.
const port = process.env.CTSCOPE_PORT ?? '4040'
const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4000) })
process.exit(response.ok ? 0 : 1)
