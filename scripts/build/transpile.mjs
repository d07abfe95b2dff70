// Turns packages/{engine,server}/src into dist, file by file, so that `import.meta.url` means the same in both.
// Types are not looked at here (`npm run check` does that), which makes a full build a second and a rebuild nothing.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../setup/paths.mjs'

const packages = ['engine', 'server']

/**
 * Brings every dist folder up to date and removes what has no source any more.
 * @returns {Promise<{ written: number, errors: string[] }>} count of files written, and syntax errors as `file:line: message`
 */
export async function transpilePackages() {
  const stale = packages.flatMap(staleFiles)
  packages.forEach(removeOrphans)
  if (stale.length === 0) return { written: 0, errors: [] }

  // Loaded only when needed: it takes longer to load than a start without it.
  const { default: ts } = await import('typescript')
  const errors = stale.flatMap((file) => transpile(ts, file))
  return { written: stale.length, errors }
}

/** Whether transpilePackages() would write anything. */
export const isTranspiled = () => packages.every((name) => staleFiles(name).length === 0)

function sourceFiles(name) {
  const folder = path.join(root, 'packages', name, 'src')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
}

function outputOf(source) {
  const [name, , ...inside] = path.relative(path.join(root, 'packages'), source).split(path.sep)
  return path.join(root, 'packages', name, 'dist', ...inside).replace(/\.ts$/, '.js')
}

function staleFiles(name) {
  return sourceFiles(name).filter((source) => {
    const built = statSync(outputOf(source), { throwIfNoEntry: false })
    return built === undefined || built.mtimeMs < statSync(source).mtimeMs
  })
}

function removeOrphans(name) {
  const folder = path.join(root, 'packages', name, 'dist')
  if (!existsSync(folder)) return
  const wanted = new Set(sourceFiles(name).map(outputOf))
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isFile() && file.endsWith('.js') && !wanted.has(file)) rmSync(file, { force: true })
  }
}

function transpile(ts, source) {
  const { outputText, diagnostics = [] } = ts.transpileModule(readFileSync(source, 'utf8'), {
    fileName: source,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  })
  if (diagnostics.length > 0) return diagnostics.map((diagnostic) => describe(ts, source, diagnostic))

  const output = outputOf(source)
  mkdirSync(path.dirname(output), { recursive: true })
  // Renamed into place: a process that starts meanwhile reads the old file or the new one, never half of one.
  const unfinished = `${output}.${process.pid}`
  writeFileSync(unfinished, outputText)
  renameSync(unfinished, output)
  return []
}

function describe(ts, source, diagnostic) {
  const { line } = ts.getLineAndCharacterOfPosition(diagnostic.file, diagnostic.start ?? 0)
  return `${path.relative(root, source)}:${line + 1}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`
}
