/** Chromium for tests, with a page that fails the test when anything goes wrong in it. */
import { findCommand } from '@ctscope/engine/testing'
import { chromium, type Browser, type Page } from 'playwright-core'

/** For `describeNeeding`. */
export const BROWSER_COMMAND = 'chromium'

export async function openBrowser(): Promise<Browser> {
  const executablePath = findCommand(BROWSER_COMMAND)
  if (executablePath === undefined) throw new Error('no Chromium')
  // Chromium refuses its sandbox to root.
  return chromium.launch({ executablePath, chromiumSandbox: false })
}

/** A page of its own; `problems` fills with errors and with what the content policy refused. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 860 } })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    // A lost connection is said by the browser too; that is what some tests are about.
    if (message.type() === 'error' && !/WebSocket|ERR_CONNECTION|Failed to load resource/.test(message.text()))
      problems.push(message.text())
  })
  await page.goto(url)
  return { page, problems }
}
