// `npm run screenshots`: pictures of the page for the README, from the real traffic of `ctscope demo`, into docs/images.
// Needs what the demo needs (root, or the right to capture) and Chromium.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { orOneLine, SetupFailure } from './setup/failure.mjs'
import { root } from './setup/paths.mjs'
import { setUp } from './setup/set-up.mjs'

const { chromium } = createRequire(path.join(root, 'packages/web/package.json'))('playwright-core')

const PORT = 4170
const folder = path.join(root, 'docs/images')
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const WIDE = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }
/** The demo has shown each kind of its traffic several times by then. */
const TRAFFIC_MS = 25_000

const isThere = (selector) => async (page) => page.locator(selector).first().waitFor()

/** @type {{ name: string, at: string, theme: 'light' | 'dark', size: { width: number, height: number }, then: (page: any) => Promise<void> }[]} */
const pictures = [
  { name: 'connections', at: '/connections', theme: 'light', size: WIDE, then: isThere('.rows .row[data-id]') },
  { name: 'connections-dark', at: '/connections', theme: 'dark', size: WIDE, then: isThere('.rows .row[data-id]') },
  { name: 'connection', at: '/connections', theme: 'light', size: WIDE, then: openDataConnection },
  { name: 'ftp', at: '/ftp', theme: 'light', size: WIDE, then: isThere('.announced') },
  { name: 'invalid', at: '/packets?filter=ct.state+%3D%3D+INVALID', theme: 'light', size: WIDE, then: openPacket },
  { name: 'expectations-dark', at: '/expectations', theme: 'dark', size: WIDE, then: isThere('.rows .row') },
  { name: 'transitions-dark', at: '/transitions', theme: 'dark', size: WIDE, then: isThere('.rows .row') },
  { name: 'health', at: '/health', theme: 'light', size: WIDE, then: isThere('.rate-chart svg') },
  { name: 'narrow', at: '/connections', theme: 'light', size: PHONE, then: isThere('.rows .row[data-id]') },
  { name: 'narrow-dark', at: '/ftp', theme: 'dark', size: PHONE, then: isThere('.announced') },
]

async function openDataConnection(page) {
  // Rows stay where they are from the moment that the pointer is over them.
  await page.mouse.move(640, 400)
  await page.waitForTimeout(500)
  await page
    .locator('.rows .row', { hasText: 'RELATED to' })
    .first()
    .click({ position: { x: 780, y: 15 } })
  await page.locator('.rung').first().waitFor()
  await page.mouse.move(640, 20)
}

async function openPacket(page) {
  await page.locator('.rows .row', { hasText: 'none' }).first().click()
  await page.locator('.panel .why').waitFor()
}

await orOneLine(() => setUp({ forTests: true }))
await orOneLine(async () => {
  mkdirSync(folder, { recursive: true })
  const demo = spawn(process.execPath, [path.join(root, 'packages/server/bin/ctscope.js'), 'demo', '--port', String(PORT)])
  try {
    const link = await linkOf(demo)
    await new Promise((resolve) => setTimeout(resolve, TRAFFIC_MS))
    await takeAll(link)
  } finally {
    demo.kill('SIGINT')
  }
})

function linkOf(demo) {
  return new Promise((resolve, reject) => {
    let said = ''
    const read = (text) => {
      said += text
      const link = /^http:\S+#token=\S+$/m.exec(said)?.[0]
      if (link !== undefined) resolve(link)
    }
    demo.stdout.on('data', read)
    demo.stderr.on('data', read)
    demo.on('exit', () => reject(new SetupFailure(`ctscope demo ended: ${said.trim()}`)))
  })
}

async function takeAll(link) {
  const browser = await launch()
  for (const { name, at, theme, size, then } of pictures) {
    const context = await browser.newContext({ viewport: size, colorScheme: theme, deviceScaleFactor: 1 })
    const page = await context.newPage()
    await page.goto(new URL(at, link).href + new URL(link).hash)
    await then(page)
    // A few figures come with the second.
    await page.waitForTimeout(name === 'health' ? 6000 : 1200)
    await page.screenshot({ path: path.join(folder, `${name}.png`) })
    await context.close()
    console.log(`docs/images/${name}.png`)
  }
  await browser.close()
}

async function launch() {
  for (const executablePath of CHROMIUM) {
    const browser = await chromium.launch({ executablePath, chromiumSandbox: false }).catch(() => null)
    if (browser !== null) return browser
  }
  throw new SetupFailure('there is no Chromium that starts: apt-get install chromium')
}
