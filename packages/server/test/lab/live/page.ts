/** The page itself, in Chromium, on real FTP: the data connection under its control connection, and why. */
import { describeNeeding } from '@ctscope/engine/testing'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { byTitle } from '../scenarios/by-title.ts'
import { FTP_SCENARIOS, UNMET_FTP_SCENARIOS } from '../scenarios/ftp-scenarios.ts'
import { BROWSER_COMMAND, openBrowser } from './browser.ts'
import { controlOf } from './control-of.ts'
import type { Session } from './session.ts'

const SET_UP_MS = 60_000

/** Defines the tests; `read` gives the session once it has run. */
export function describePage(read: () => Session): void {
  describeNeeding({ command: BROWSER_COMMAND }, 'show FTP on the page', () => {
    let browser: Browser
    let page: Page
    const problems: string[] = []

    beforeAll(async () => {
      browser = await openBrowser(read().lab)
      page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text())
      })
      await page.goto(read().ctscope.link)
      await page.locator('.rows .row[data-id]').first().waitFor()
    }, SET_UP_MS)
    afterAll(async () => {
      await browser?.close()
    })

    it.each(byTitle(FTP_SCENARIOS))('%s', async (_, scenario) => {
      const control = controlOf(read(), scenario)
      const data = control.children[0]!

      await open(`/connections?filter=${encodeURIComponent(`id == ${control.id} || master == ${control.id}`)}`)
      await expect.poll(rowIds).toEqual([control.id, data])
      const child = page.locator(`.rows .row[data-id="${data}"]`)
      expect(await child.textContent()).toMatch(/^└.*RELATED to #/)
      expect(await child.getByText('RELATED to #').textContent()).toBe(`RELATED to #${control.id}`)

      await open(`/connections?connection=${data}&tab=facts`)
      await page.getByRole('tabpanel', { name: 'facts' }).getByText('EXPECTED', { exact: true }).waitFor()

      await open(`/ftp?session=${control.id}`)
      const announced = page.locator('.ftp-detail .announced')
      await announced.getByText(/raised by packet \d+, met after/).waitFor()
      await announced.getByRole('link', { name: `#${data}`, exact: true }).waitFor()
      expect(await page.locator('.ftp-detail').textContent()).not.toContain('lab-password')
    })

    it.each(byTitle(UNMET_FTP_SCENARIOS))('%s: it waits', async (_, scenario) => {
      const control = controlOf(read(), scenario)
      await open(`/ftp?session=${control.id}`)
      await page
        .locator('.ftp-detail .announced')
        .getByText(/raised by packet \d+, waits/)
        .waitFor()
    })

    it('every expectation, raised and met or waiting', async () => {
      await open('/expectations')
      await page.getByText(`${UNMET_FTP_SCENARIOS.length} wait, ${FTP_SCENARIOS.length} met`).waitFor()
    })

    it('nothing went wrong in the page', () => {
      expect(problems).toEqual([])
    })

    async function open(path: string): Promise<void> {
      await page.goto(`http://${read().ctscope.host}${path}`)
    }

    /** From top to bottom. */
    async function rowIds(): Promise<number[]> {
      const rows = await page.locator('.rows .row[data-id]').all()
      const read = async (row: Locator, name: string) => Number(await row.getAttribute(name))
      const placed = await Promise.all(
        rows.map(async (row) => ({ id: await read(row, 'data-id'), index: await read(row, 'aria-rowindex') })),
      )
      return placed.sort((a, b) => a.index - b.index).map(({ id }) => id)
    }
  })
}
