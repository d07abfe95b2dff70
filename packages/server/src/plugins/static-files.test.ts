import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadStaticFiles } from './static-files.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctscope-static-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'assets', 'index-Ab3_-xYz.js'), '1')
  writeFileSync(join(folder, 'assets', 'plain.woff2'), '2')
  writeFileSync(join(folder, 'assets', 'odd.xyz'), '3')
  symlinkSync('/etc/hostname', join(folder, 'link.txt'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('the page in memory', () => {
  it('has every file by its path, with its type, and says which never change', () => {
    const files = loadStaticFiles(folder)
    expect([...files].map(([path, { contentType, immutable }]) => [path, contentType, immutable]).sort()).toEqual([
      ['/assets/index-Ab3_-xYz.js', 'text/javascript; charset=utf-8', true],
      ['/assets/odd.xyz', 'application/octet-stream', false],
      ['/assets/plain.woff2', 'font/woff2', false],
      ['/index.html', 'text/html; charset=utf-8', false],
    ])
    expect(files.get('/index.html')?.body.toString()).toBe('<!doctype html>')
  })

  it('stays when the folder is gone, and follows no link', () => {
    const files = loadStaticFiles(`${folder}/`)
    expect(files.has('/link.txt')).toBe(false)
    expect(files.has('/index.html')).toBe(true)
    expect(() => loadStaticFiles(join(folder, 'nothing'))).toThrow(/ENOENT/)
  })
})
