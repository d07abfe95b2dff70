/** Programs of ours that run inside a namespace: TypeScript without imports of its own files, made JavaScript first. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

export type ScriptName = 'services-main' | 'udp-main' | 'ftp-client-main' | 'forward-main' | 'idle-main'

/** The command line that runs scripts/NAME.ts; the JavaScript is put into `dir`. */
export function scriptArgv(dir: string, name: ScriptName, ...args: string[]): string[] {
  const source = readFileSync(new URL(`scripts/${name}.ts`, import.meta.url), 'utf8')
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  })
  mkdirSync(dir, { recursive: true })
  const file = join(dir, `${name}.mjs`)
  // Renamed into place: another that starts meanwhile reads the whole of it.
  writeFileSync(`${file}.new`, outputText)
  renameSync(`${file}.new`, file)
  return [process.execPath, file, ...args]
}
