import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connection } from './support/records.ts'
import { DEFAULT_QUERY, openStream } from './support/stream.ts'
import { testApp, type TestApp } from './support/test-app.ts'

let test: TestApp
let told: string

beforeEach(async () => {
  told = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text)
    return true
  })
  test = await testApp()
  test.host.begin()
  test.host.feed({ born: [connection(1)] })
})

afterEach(async () => {
  vi.restoreAllMocks()
  await test.app.close()
})

describe('a defect of ours', () => {
  it('is told on stderr, not to the caller', async () => {
    vi.spyOn(test.app.ctscope.mirror, 'connectionJson').mockImplementation(() => {
      throw new Error('secret inside\u001b[2J')
    })
    const answer = await test.get('/api/v1/connections/1')
    expect(answer.statusCode).toBe(500)
    expect(answer.json()).toMatchObject({ code: 'ERR_INTERNAL' })
    expect(answer.body).not.toContain('secret')
    expect(told).toMatch(/a defect in GET \/api\/v1\/connections\/:id:\nError: secret inside\\u001b\[2J\n {4}at /)
  })

  it('closes the stream of the one whom it met, and nobody else’s', async () => {
    const [one, other] = [await openStream(test), await openStream(test)]
    one.subscribe(1, DEFAULT_QUERY)
    other.subscribe(1, { topic: 'stats' })
    await one.settle()
    await other.settle()
    const closed = new Promise((resolve) => one.socket.on('close', resolve))
    vi.spyOn(test.app.ctscope.mirror, 'connectionJson').mockImplementation(() => {
      throw new Error('secret inside')
    })
    test.host.feed({ changed: [connection(1, { bytes: [7, 7] })] })
    test.app.ctscope.hub.tick()
    expect(await closed).toBe(1011)
    expect(told).toContain('a defect in a client’s tick')
    await other.settle()
    expect(other.socket.readyState).toBe(other.socket.OPEN)
  })
})
