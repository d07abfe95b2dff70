/** The page while 2,000 connections a second arrive and 20,000 live: rows stay under the pointer, frames stay short. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeNeeding } from '@ctscope/engine/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BROWSER_COMMAND, openBrowser, openPage } from './browser.ts'
import { Ctscope } from './ctscope.ts'
import { floodCapture } from './flood-capture.ts'

const LIVE = 20_000
const PER_SECOND = 2_000
const SECONDS = 60
/** Issue's bound: a frame of a screen with 60 of them a second. */
const FRAME_MS = 17
const SLOW_MS = 90_000

describeNeeding({ command: BROWSER_COMMAND }, 'the page under a flood', () => {
  let dir: string
  let ctscope: Ctscope
  let browser: Browser
  let page: Page
  let problems: string[]

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ctscope-flood-'))
    const file = join(dir, 'flood.pcap')
    await writeFile(file, floodCapture({ atOnce: LIVE, perSecond: PER_SECOND, seconds: SECONDS }))
    browser = await openBrowser()
    ctscope = await Ctscope.start(['replay', file])
    ;({ page, problems } = await openPage(browser, ctscope.link))
  }, SLOW_MS)
  afterAll(async () => {
    await browser?.close()
    await ctscope?.stop()
    if (dir !== undefined) await rm(dir, { recursive: true })
  })

  async function liveConnections(): Promise<number> {
    return Number((await page.locator('.rail-count').first().textContent())?.replaceAll(',', ''))
  }

  /** Durations between the page's frames (ms) for a while. */
  function frameTimes(ms: number): Promise<number[]> {
    return page.evaluate(
      (during) =>
        new Promise<number[]>((resolve) => {
          const times: number[] = []
          const start = performance.now()
          let last = start
          const next = (now: number) => {
            times.push(now - last)
            last = now
            if (now - start < during) requestAnimationFrame(next)
            else resolve(times.slice(1))
          }
          requestAnimationFrame(next)
        }),
      ms,
    )
  }

  const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!

  it('holds them all', { timeout: SLOW_MS }, async () => {
    await expect.poll(liveConnections, { timeout: 30_000 }).toBeGreaterThan(LIVE)
  })

  it('keeps a row under the pointer where it is, counts what comes above, and lets go', { timeout: SLOW_MS }, async () => {
    await page.mouse.move(600, 400)
    const under = () =>
      page.evaluate(() => {
        const row = document.elementFromPoint(600, 400)?.closest('[data-id]')
        return { id: row?.getAttribute('data-id'), y: row?.getBoundingClientRect().y }
      })
    await expect.poll(() => page.locator('.table-line.news').count(), { timeout: 5000 }).toBe(1)
    const before = await under()
    expect(before.id).toMatch(/^\d+$/)
    for (let i = 0; i < 20; i++) {
      await page.waitForTimeout(100)
      expect(await under()).toEqual(before)
    }
    const above = Number(/[\d,]+/.exec((await page.locator('.table-line').textContent())!)![0].replaceAll(',', ''))
    expect(above).toBeGreaterThan(PER_SECOND)
    await page.mouse.move(600, 20)
    await page.locator('.table-line.news').waitFor({ state: 'detached' })
    await expect.poll(async () => Number((await under()).id)).toBeGreaterThan(Number(before.id))
  })

  // Again where the machine had no time for it: another process may have taken both processors meanwhile.
  it(`draws frames with a median under ${FRAME_MS} ms at the top, held, and while scrolling`, { timeout: SLOW_MS, retry: 2 }, async () => {
    const atTop = median(await frameTimes(2500))
    await page.mouse.move(600, 400)
    const held = median(await frameTimes(2000))
    const scrolling = frameTimes(2500)
    for (let i = 0; i < 40; i++) {
      await page.mouse.wheel(0, 240)
      await page.waitForTimeout(50)
    }
    const whileScrolling = median(await scrolling)
    console.log(`median frame: ${atTop.toFixed(1)} ms at the top, ${held.toFixed(1)} held, ${whileScrolling.toFixed(1)} scrolling`)
    expect(Math.max(atTop, held, whileScrolling)).toBeLessThan(FRAME_MS)
  })

  it('has all rows at hand wherever it is scrolled to, and none of them twice', { timeout: SLOW_MS }, async () => {
    await page.evaluate(() => {
      const rows = document.querySelector('.rows')!
      rows.scrollTop = rows.scrollHeight / 2
    })
    await page.waitForTimeout(600)
    const ids = await page.locator('.rows .row[data-id]').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['id']))
    expect(ids.length).toBeGreaterThan(20)
    expect(new Set(ids).size).toBe(ids.length)
    expect(await page.locator('.rows .row.waiting').count()).toBe(0)
  })

  it('was told of everything: no update was dropped and nothing went wrong', async () => {
    expect(problems).toEqual([])
    expect(await page.locator('.foot').textContent()).toMatch(/Connected$/)
  })
})
