/** The page on `ctscope demo`: what a newcomer sees, by mouse and by keyboard, over reloads and crashes. */
import { describeNeeding } from '@ctscope/engine/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { BROWSER_COMMAND, openBrowser, openPage } from './browser.ts'
import { Ctscope } from './ctscope.ts'

const SLOW_MS = 60_000

describeNeeding({ root: true, command: BROWSER_COMMAND }, 'the page on ctscope demo', () => {
  let ctscope: Ctscope
  let browser: Browser
  let page: Page
  let problems: string[]

  beforeAll(async () => {
    ctscope = await Ctscope.start(['demo'])
    browser = await openBrowser()
  }, SLOW_MS)
  beforeEach(async () => {
    ;({ page, problems } = await openPage(browser, ctscope.link))
  })
  afterEach(async () => {
    await page.context().close()
    expect(problems).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await ctscope?.stop()
  })

  const rows = () => page.locator('.rows .row[data-id]')
  const row = (text: string | RegExp) => rows().filter({ hasText: text })
  const filter = async (text: string) => {
    await page.getByRole('combobox').fill(text)
    await page.keyboard.press('Escape')
    await page.waitForURL((url) => url.searchParams.get('filter') === text)
  }
  /** The column of bytes from top to bottom: rows are placed by themselves, their order in the document is not theirs. */
  const bytesDown = () =>
    rows().evaluateAll((all) =>
      all
        .map((row) => ({
          top: row.getBoundingClientRect().y,
          bytes: Number(row.querySelector('.cell-bytes')!.textContent.replaceAll(',', '')),
        }))
        .sort((a, b) => a.top - b.top)
        .map(({ bytes }) => bytes),
    )
  const isFalling = (values: number[]) => values.length > 1 && values.every((value, index) => index === 0 || value <= values[index - 1]!)
  const connectionIds = () => rows().evaluateAll((all) => all.map((each) => Number((each as HTMLElement).dataset['id'])))

  it(
    'shows NEW, ESTABLISHED, RELATED and INVALID, and a data connection under its control connection, within ten seconds',
    async () => {
      await page.locator('.rows .state.NEW').first().waitFor({ timeout: 10_000 })
      await page.locator('.rows .state.ESTABLISHED').first().waitFor({ timeout: 10_000 })
      await page.locator('.foot .state.INVALID', { hasText: /[1-9]\d* packet/ }).waitFor({ timeout: 10_000 })
      await page.locator('.rows .cell-relation .RELATED').first().waitFor({ timeout: 10_000 })
      const order = await rows().evaluateAll((all) =>
        all
          .map((each) => ({
            id: (each as HTMLElement).dataset['id'],
            y: each.getBoundingClientRect().y,
            relation: each.querySelector('.cell-relation')?.textContent ?? '',
          }))
          .sort((a, b) => a.y - b.y),
      )
      const child = order.findIndex(({ relation }) => relation.startsWith('RELATED to #'))
      const master = order[child]!.relation.replace('RELATED to #', '')
      const above = order.slice(0, child).findLast(({ relation }) => !relation.startsWith('RELATED to #'))
      expect(above?.id).toBe(master)
      expect(await page.evaluate(() => location.hash)).toBe('')
    },
    SLOW_MS,
  )

  it(
    'tells of a connection: ladder with states and reasons, transitions, facts, and its control connection',
    async () => {
      await filter('master.helper == ftp')
      await rows().first().click()
      const panel = page.locator('.panel')
      await panel.locator('.rung').first().waitFor()
      expect(await panel.locator('.rung').first().textContent()).toContain('SYN met expectation')
      expect(await panel.locator('.rung-note .RELATED').count()).toBeGreaterThan(0)
      await panel.getByRole('tab', { name: /Transitions/ }).click()
      await panel.locator('.transition-list li').first().waitFor()
      await panel.getByRole('tab', { name: 'Facts' }).click()
      await panel.locator('.bits').getByText('EXPECTED', { exact: true }).waitFor()
      await panel.getByRole('link', { name: /RELATED to #/ }).click()
      await panel.getByText('helper ftp').waitFor()
    },
    SLOW_MS,
  )

  it(
    'shows an FTP session: dialogue without the password, negotiation, expectation, data connection',
    async () => {
      await page.goto(ctscope.url('/ftp'))
      const announced = page.locator('.announced').filter({ hasText: 'Expectation' }).first()
      await announced.waitFor()
      await announced.getByText(/met after/).waitFor()
      await announced.getByRole('link', { name: /^#\d+$/ }).waitFor()
      await page.getByText('blanked in the engine').first().waitFor()
    },
    SLOW_MS,
  )

  it(
    'lists INVALID packets that have no connection, and says why',
    async () => {
      await page.goto(ctscope.url('/packets'))
      await page.getByRole('button', { name: 'INVALID', exact: true }).click()
      const lost = page.locator('.rows .row').filter({ hasText: 'none' }).first()
      await lost.waitFor({ timeout: 15_000 })
      await lost.click()
      const why = page.locator('.panel .why')
      await why.waitFor()
      expect(await why.textContent()).toMatch(/of no known connection/)
    },
    SLOW_MS,
  )

  it(
    'lists expectations with what met them, and transitions with their reasons',
    async () => {
      await page.goto(ctscope.url('/expectations'))
      await page
        .getByText(/met it after/)
        .first()
        .waitFor({ timeout: 15_000 })
      await page.goto(ctscope.url('/transitions'))
      await page.getByText('handshake complete').first().waitFor({ timeout: 15_000 })
      await page.goto(ctscope.url('/health'))
      await page.getByText(/uid [1-9]\d*, no capabilities/).waitFor({ timeout: 15_000 })
    },
    SLOW_MS,
  )

  it(
    'filters while typing, marks the wrong column, and by a value of a cell',
    async () => {
      await filter('proto == udp')
      await expect.poll(async () => new Set(await page.locator('.cell-proto, .cell-sub').allTextContents())).not.toContain('ESTABLISHED')
      await page.getByRole('combobox').fill('proto == udp && ct.state == NONSENSE')
      await page.locator('.query-paint .wrong', { hasText: 'NONSENSE' }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByText(/Column 29/).waitFor()
      expect(new URL(page.url()).searchParams.get('filter')).toBe('proto == udp')
      await filter('helper == ftp')
      await row(/:2121/).first().locator('.cell-to').click()
      await page.getByRole('button', { name: 'Only dport 2121' }).click()
      await page.waitForURL((url) => url.searchParams.get('filter') === 'helper == ftp && dport == 2121')
    },
    SLOW_MS,
  )

  it(
    'can be used by keyboard alone',
    async () => {
      await rows().first().waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('ct.st')
      await page.keyboard.press('Tab')
      await page.keyboard.type('== ESTABLISHED')
      await page.keyboard.press('Enter')
      await page.waitForURL(/filter=ct\.state/)
      await page.keyboard.press('j')
      await page.keyboard.press('j')
      await page.locator('.row.cursor').waitFor()
      const id = await page.locator('.row.cursor').getAttribute('data-id')
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.searchParams.get('connection') === id)
      await page.locator('.panel .rung').first().waitFor()
      await page.keyboard.press('Escape')
      await page.locator('.panel').waitFor({ state: 'detached' })
      await page.keyboard.press('2')
      await page.waitForURL(/\/ftp/)
      await page.keyboard.press('?')
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    },
    SLOW_MS,
  )

  it(
    'holds everything still while frozen, and goes on without a loss',
    async () => {
      await rows().first().waitFor()
      await page.keyboard.press('p')
      await page.getByRole('button', { name: 'Go on' }).waitFor()
      // The message that was on its way when it froze.
      await page.waitForTimeout(300)
      const frozen = await connectionIds()
      const line = await page.locator('.table-line').textContent()
      const entries = async () => Number((await page.locator('.rail-count').first().textContent())?.replaceAll(',', ''))
      await expect.poll(entries).toBeGreaterThan(0)
      const before = await entries()
      await expect.poll(entries, { timeout: 20_000 }).toBeGreaterThan(before)
      expect(await connectionIds()).toEqual(frozen)
      expect(await page.locator('.table-line').textContent()).toBe(line)
      await page.keyboard.press('p')
      await expect
        .poll(async () => {
          const shown = Number(/[\d,]+/.exec((await page.locator('.table-line').textContent()) ?? '')?.[0].replaceAll(',', ''))
          const ended = Number((await page.locator('.query-count').textContent())?.replaceAll(',', ''))
          return shown === ended && shown > frozen.length - 1
        })
        .toBe(true)
      // A row that has the pointer or was chosen before holds the view: to the newest.
      await page.mouse.move(0, 0)
      await page.keyboard.press('g')
      await expect.poll(async () => (await connectionIds()).some((id) => !frozen.includes(id))).toBe(true)
    },
    SLOW_MS,
  )

  it(
    'comes back to the same view after a reload, and after the server was killed',
    async () => {
      await filter('proto == tcp')
      await rows().first().click()
      const id = new URL(page.url()).searchParams.get('connection')
      await page.getByRole('tab', { name: 'Facts' }).click()
      const address = page.url()
      await page.reload()
      await page.locator('.panel .facts').waitFor()
      expect(page.url()).toBe(address)
      await page.locator('.rows .row[data-id]').first().waitFor()

      ctscope.killServer()
      await page.getByText(/Not connected since/).waitFor({ timeout: 10_000 })
      await page.locator('.foot').getByText('Connected', { exact: true }).waitFor({ timeout: 30_000 })
      expect(page.url()).toBe(address)
      expect(await page.getByRole('combobox').inputValue()).toBe('proto == tcp')
      expect(new URL(page.url()).searchParams.get('connection')).toBe(id)
      await page.locator('.rows .row[data-id]').first().waitFor({ timeout: 20_000 })
    },
    SLOW_MS,
  )

  it(
    'sorts by a column, turns the order round, and goes back to the newest first',
    async () => {
      await filter('proto == udp')
      const title = page.getByRole('columnheader', { name: 'Bytes' }).getByRole('button')
      await title.click()
      await page.waitForURL(/sort=-bytes/)
      await expect.poll(async () => isFalling(await bytesDown()), { timeout: 5000 }).toBe(true)
      await title.click()
      await page.waitForURL(/sort=bytes/)
      await expect.poll(async () => isFalling((await bytesDown()).reverse()), { timeout: 5000 }).toBe(true)
      await title.click()
      await page.waitForURL((url) => !url.searchParams.has('sort'))
    },
    SLOW_MS,
  )

  it(
    'keeps rows under the pointer in an order that traffic changes, and lets go when it leaves',
    async () => {
      await page.goto(ctscope.url('/connections?sort=-lastSeen'))
      await rows().nth(8).waitFor()
      await page.mouse.move(600, 300)
      await page.waitForTimeout(500)
      const shown = () =>
        rows().evaluateAll((all) => all.map((row) => `${row.getBoundingClientRect().y} ${row.getAttribute('data-id')}`).sort())
      const held = (await shown()).slice(0, 8)
      for (let i = 0; i < 12; i++) {
        await page.waitForTimeout(400)
        expect(await shown()).toEqual(expect.arrayContaining(held))
      }
      await page.mouse.move(600, 20)
      await expect.poll(shown, { timeout: 15_000 }).not.toEqual(expect.arrayContaining(held))
    },
    SLOW_MS,
  )

  it(
    'fits a phone: every view within its width, a connection as a page with a way back',
    async () => {
      await page.setViewportSize({ width: 360, height: 740 })
      for (const view of ['connections', 'ftp', 'expectations', 'packets', 'transitions', 'health']) {
        await page.goto(ctscope.url(`/${view}`))
        await page.locator('.foot').getByText('Connected', { exact: true }).waitFor()
        expect(await page.evaluate(() => document.documentElement.scrollWidth), view).toBeLessThanOrEqual(360)
      }
      await page.goto(ctscope.url('/connections'))
      await rows().first().click()
      await page.locator('.panel .rung').first().waitFor()
      expect(await page.locator('.rows').isVisible()).toBe(false)
      await page.getByRole('button', { name: 'Close the connection' }).click()
      await rows().first().waitFor()
    },
    SLOW_MS,
  )

  it(
    'changes the capture while it runs: a wrong filter is told in place, a right one holds, a pause is said',
    async () => {
      await rows().first().waitFor()
      await page.locator('.pill').click()
      const dialog = page.getByRole('dialog', { name: 'Capture' })
      await dialog.getByRole('checkbox', { name: /^lo/ }).waitFor()
      await dialog.getByRole('textbox').fill('tcp port')
      await dialog.getByRole('button', { name: 'Apply' }).click()
      await dialog
        .getByRole('alert')
        .getByText(/syntax error/)
        .waitFor()
      await dialog.getByRole('textbox').fill('tcp')
      await dialog.getByRole('button', { name: 'Apply' }).click()
      await page.locator('.pill-filter', { hasText: /^tcp$/ }).waitFor()
      await dialog.getByRole('button', { name: 'Pause' }).click()
      await page.getByText('The capture is paused.').waitFor()
      await dialog.getByRole('button', { name: 'Resume' }).click()
      await page.locator('.pill .lamp.running').waitFor()
      await dialog.getByRole('textbox').fill('')
      await dialog.getByRole('button', { name: 'Apply' }).click()
      await page.locator('.pill-filter').waitFor({ state: 'detached' })
    },
    SLOW_MS,
  )

  it(
    'says that an engine died, and keeps the gap in view',
    async () => {
      await rows().first().waitFor()
      ctscope.killEngine()
      await page.getByText('The capture engine is being started again.').waitFor()
      await page.locator('.pill .lamp.running').waitFor({ timeout: 20_000 })
      await page.locator('.foot').getByRole('button', { name: /gap/ }).click()
      await page.getByText(/Nothing was seen on lo from .* for/).waitFor()
    },
    SLOW_MS,
  )

  it(
    'says what to do without a token and with a wrong one, and stops trying',
    async () => {
      const { page: stranger } = await openPage(browser, ctscope.url('/connections'))
      await stranger.getByRole('heading', { name: 'Open the link that ctscope printed' }).waitFor()
      await stranger.context().close()
      const { page: late } = await openPage(browser, ctscope.url('/connections#token=an-old-one-from-yesterday'))
      await late.getByRole('heading', { name: /open the new link/ }).waitFor()
      await late.context().close()
    },
    SLOW_MS,
  )
})
