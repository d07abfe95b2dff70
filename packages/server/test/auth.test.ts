import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InjectOptions } from 'fastify'
import { isAllowedHost, isSameOrigin } from '../src/auth/origin.ts'
import { isUsableToken, makeToken, TokenGate } from '../src/auth/token.ts'
import { listenOnAll } from '../src/listen.ts'
import { BEARER, FIXED_TOKEN, HOST, testApp, TOKEN, type TestApp } from './support/test-app.ts'

let test: TestApp

beforeEach(async () => {
  test = await testApp({
    web: new Map([
      ['/index.html', { body: Buffer.from('<!doctype html>'), contentType: 'text/html; charset=utf-8', immutable: false }],
      ['/assets/app-12345678.js', { body: Buffer.from('1'), contentType: 'text/javascript; charset=utf-8', immutable: true }],
    ]),
  })
})

afterEach(async () => {
  await test.app.close()
})

async function status(options: InjectOptions): Promise<[number, string]> {
  const answer = await test.app.inject(options)
  return [
    answer.statusCode,
    String(answer.headers['content-type']).startsWith('application/json') ? answer.json<{ code: string }>().code : answer.body,
  ]
}

const API = '/api/v1/connections'

describe('the token', () => {
  it('is long enough when made, and in a form that headers take', () => {
    expect(makeToken()).not.toBe(makeToken())
    expect(isUsableToken(makeToken())).toBe(true)
    expect(isUsableToken('short')).toBe(false)
    expect(isUsableToken('with spaces and more than 22 of them')).toBe(false)
    expect(() => new TokenGate([])).toThrow()
    expect(() => new TokenGate(['short'])).toThrow()
  })

  it('is asked for by everything but the health word and the page', async () => {
    const open: string[] = []
    const paths = Object.keys((await test.get('/api/openapi.json')).json<{ paths: object }>().paths)
    expect(paths.length).toBeGreaterThan(10)
    for (const path of [...paths, '/api/openapi.json', '/api/v1/stream', '/', '/assets/app-12345678.js', '/flow/17']) {
      const [code] = await status({ url: path.replace('{id}', '1'), headers: { host: HOST } })
      if (code !== 401) open.push(path)
    }
    expect(open).toEqual(['/healthz', '/', '/assets/app-12345678.js', '/flow/17'])
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH'] as const) {
      expect(await status({ method, url: '/api/v1/capture', headers: { host: HOST, origin: `http://${HOST}` } })).toEqual([
        401,
        'ERR_TOKEN',
      ])
    }
  })

  it('is taken from the Authorization header, the session’s and the fixed one', async () => {
    expect((await status({ url: API, headers: BEARER }))[0]).toBe(200)
    expect((await status({ url: API, headers: { host: HOST, authorization: `bearer ${FIXED_TOKEN}` } }))[0]).toBe(200)
  })

  it('is never taken from the URL, a cookie, or a subprotocol of a plain request', async () => {
    expect(await status({ url: `${API}?token=${TOKEN}`, headers: { host: HOST } })).toEqual([401, 'ERR_TOKEN'])
    expect(await status({ url: API, headers: { host: HOST, cookie: `token=${TOKEN}` } })).toEqual([401, 'ERR_TOKEN'])
    expect(await status({ url: API, headers: { host: HOST, 'sec-websocket-protocol': `ctscope.token.${TOKEN}` } })).toEqual([
      401,
      'ERR_TOKEN',
    ])
    expect(await status({ url: API, headers: { host: HOST, authorization: `Basic ${btoa(`x:${TOKEN}`)}` } })).toEqual([401, 'ERR_TOKEN'])
  })

  it('slows wrong ones down more and more, a right one never', async () => {
    const wrong = { url: API, headers: { host: HOST, authorization: `Bearer ${TOKEN}x` } }
    const timed = async (options: InjectOptions): Promise<number> => {
      const from = performance.now()
      await test.app.inject(options)
      return performance.now() - from
    }
    expect(await timed(wrong)).toBeGreaterThan(90)
    expect(await timed(wrong)).toBeGreaterThan(190)
    const third = timed(wrong)
    expect(await timed({ url: API, headers: BEARER })).toBeLessThan(90)
    expect(await third).toBeGreaterThan(390)
    expect((await test.get('/api/v1/stats')).json<{ limits: Record<string, number> }>().limits['tokens.wrong']).toBe(3)
  })

  it('does not let wrong ones pile up', async () => {
    const gate = new TokenGate([TOKEN])
    const waiting = Array.from({ length: 100 }, (_, i) => gate.slowDown(`10.0.0.${i}`))
    expect(await gate.slowDown('10.0.1.1')).toBe(false)
    expect(await Promise.all(waiting)).toEqual(new Array(100).fill(true))
    expect(await gate.slowDown('10.0.1.1')).toBe(true)
  })
})

describe('the Host header', () => {
  it.each(['127.0.0.1', '127.0.0.1:9999', 'localhost', 'LOCALHOST:4040', '[::1]:4040', 'gateway.example', 'Gateway.Example:443'])(
    'lets %s in',
    async (host) => {
      expect((await status({ url: API, headers: { ...BEARER, host } }))[0]).toBe(200)
    },
  )

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.168.1.1',
    'localhost:4040@evil.example',
    'local host',
    '[::2]',
    '127.0.0.1:x',
  ])('keeps %j out, of the page and the health word too', async (host) => {
    for (const url of [API, '/', '/healthz', '/assets/app-12345678.js']) {
      expect(await status({ url, headers: { ...BEARER, host } }), url).toEqual([403, 'ERR_HOST'])
    }
  })

  it('must be there', () => {
    expect(isAllowedHost(undefined, new Set())).toBe(false)
    expect(isAllowedHost('', new Set())).toBe(false)
  })
})

describe('the Origin header', () => {
  const put = (headers: Record<string, string>): Promise<[number, string]> =>
    status({ method: 'PUT', url: '/api/v1/capture', headers: { ...BEARER, ...headers }, payload: { running: true } })

  it('is that of the page itself on every request that changes something', async () => {
    expect((await put({ origin: `http://${HOST}` }))[0]).toBe(200)
    for (const origin of [
      'http://127.0.0.1:4041',
      'http://localhost:4040',
      `https://${HOST}`,
      'http://evil.example',
      'null',
      '',
      `http://${HOST}/`,
    ]) {
      expect(await put({ origin }), origin).toEqual([403, 'ERR_ORIGIN'])
    }
  })

  it('may be absent for programs, which send the token as Bearer', async () => {
    expect((await put({}))[0]).toBe(200)
    expect(await status({ method: 'PUT', url: '/api/v1/capture', headers: { host: HOST }, payload: {} })).toEqual([403, 'ERR_ORIGIN'])
  })

  it('is compared as a whole', () => {
    expect(isSameOrigin('http://LOCALHOST:4040', 'http', 'localhost:4040')).toBe(true)
    expect(isSameOrigin('http://localhost:4040.evil.example', 'http', 'localhost:4040')).toBe(false)
  })

  it('is answered by no CORS header', async () => {
    const answer = await test.app.inject({
      method: 'OPTIONS',
      url: API,
      headers: { host: HOST, origin: 'http://evil.example', 'access-control-request-method': 'GET' },
    })
    expect(answer.statusCode).toBe(403)
    const read = await test.app.inject({ url: API, headers: { ...BEARER, origin: 'http://evil.example' } })
    for (const { headers } of [answer, read]) expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('what every answer carries', () => {
  it.each(['/', '/healthz', API, '/api/v1/nothing', '/assets/app-12345678.js'])('%s', async (url) => {
    const { headers } = await test.app.inject({ url, headers: BEARER })
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    })
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/default-src 'self'; .*frame-ancestors 'none'/)
    expect(policy).not.toMatch(/unsafe|\*|http:/)
  })

  it('keeps answers out of caches, hashed assets in', async () => {
    const caching = async (url: string): Promise<unknown> => (await test.app.inject({ url, headers: BEARER })).headers['cache-control']
    expect(await caching(API)).toBe('no-store')
    expect(await caching('/')).toBe('no-store')
    expect(await caching('/assets/app-12345678.js')).toBe('public, max-age=31536000, immutable')
  })
})

describe('the page’s files', () => {
  it('leave the stream to WebSockets', async () => {
    expect(await status({ url: '/api/v1/stream', headers: BEARER })).toEqual([404, 'ERR_NOT_FOUND'])
  })

  it('are served, and index.html for the page’s own paths', async () => {
    for (const url of ['/', '/index.html', '/ftp', '/connections/17', '/api/docs']) {
      expect(await status({ url, headers: { host: HOST } }), url).toEqual([200, '<!doctype html>'])
    }
    expect((await status({ url: '/assets/gone-12345678.js', headers: { host: HOST } }))[0]).toBe(404)
    expect(await status({ url: '/api/v1/nothing', headers: BEARER })).toEqual([404, 'ERR_NOT_FOUND'])
    expect(await status({ url: '/../../etc/passwd', headers: { host: HOST } })).toEqual([200, '<!doctype html>'])
    expect((await status({ url: '/healthz', headers: { host: HOST } }))[1]).toBe('ok')
  })
})

describe('a request that is not understood', () => {
  it('by its method is told which ones there are', async () => {
    for (const [method, url, allow] of [
      ['POST', API, 'GET, HEAD'],
      ['DELETE', '/api/v1/connections/17', 'GET, HEAD'],
      ['DELETE', '/api/v1/capture', 'GET, HEAD, PUT'],
    ] as const) {
      const answer = await test.app.inject({ method, url, headers: BEARER })
      expect([answer.statusCode, answer.json<{ code: string }>().code, answer.headers.allow]).toEqual([405, 'ERR_METHOD', allow])
    }
    expect(await status({ method: 'POST', url: '/api/v1/nothing', headers: BEARER })).toEqual([404, 'ERR_NOT_FOUND'])
  })

  it('by its address or its bytes is answered in the same form, with the same headers', async () => {
    const port = await listenOnAll(test.app, ['127.0.0.1'], 0)
    const answerTo = async (bytes: string): Promise<string> => {
      const socket = connect({ host: '127.0.0.1', port }).setEncoding('utf8')
      socket.end(bytes)
      let text = ''
      for await (const piece of socket) text += String(piece)
      return text
    }
    const host = `Host: ${HOST}\r\nConnection: close\r\n`
    const told = {
      'ERR_HOST 403': await answerTo('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'),
      'ERR_VALIDATION 400': await answerTo(`GET /%zz HTTP/1.1\r\n${host}\r\n`),
      'ERR_VALIDATION 400 ': await answerTo('no HTTP\r\n\r\n'),
      'ERR_HEADERS_TOO_LARGE 431': await answerTo(`GET / HTTP/1.1\r\n${host}X: ${'x'.repeat(20_000)}\r\n\r\n`),
    }
    for (const [wanted, text] of Object.entries(told)) {
      const [code, number] = wanted.split(' ')
      expect(text).toMatch(new RegExp(`^HTTP/1.1 ${number} `))
      expect(text.toLowerCase()).toContain("\r\ncontent-security-policy: default-src 'self'")
      expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({ code })
    }
  })
})

it('an answer holds no character that a terminal obeys', async () => {
  const { body } = await test.app.inject({ url: `${API}?sort=${encodeURIComponent('\u009b31m\u202e')}`, headers: BEARER })
  expect(body).toContain('\\u009b31m\\u202e')
  expect(JSON.parse(body)).toMatchObject({ code: 'ERR_SORT', message: expect.stringContaining('\u009b31m\u202e') as string })
})

describe('bounds of a request', () => {
  it('has a longest address, a largest body, and one form of body', async () => {
    expect(await status({ url: `${API}?filter=${'x'.repeat(9000)}`, headers: BEARER })).toEqual([414, 'ERR_URI_TOO_LONG'])
    const put = (payload: string, type = 'application/json'): Promise<[number, string]> =>
      status({ method: 'PUT', url: '/api/v1/capture', headers: { ...BEARER, 'content-type': type }, payload })
    expect(await put(JSON.stringify({ filter: 'x'.repeat(70_000) }))).toEqual([413, 'ERR_TOO_LARGE'])
    expect(await put('{"running":')).toEqual([400, 'ERR_VALIDATION'])
    expect(await put('{"running":1}')).toEqual([400, 'ERR_VALIDATION'])
    expect(await put('{"colour":"red"}')).toEqual([400, 'ERR_VALIDATION'])
    expect(await put('running=true', 'application/x-www-form-urlencoded')).toEqual([400, 'ERR_VALIDATION'])
  })
})
