/** How list, events and expect ask a running ctscope: by --url, or by the file that it left for its user. */
import { type IncomingMessage, request } from 'node:http'
import { EngineError } from '@ctscope/engine'
import { readRunFiles, runFolder } from '../run-file.ts'
import { UsageError } from './usage-error.ts'

export type Running = { base: URL; token: string }

/** @throws UsageError, EngineError ERR_NOT_RUNNING */
export function findRunning(url: string | undefined): Running {
  if (url !== undefined) return fromLink(url)
  const uid = process.getuid!()
  const sudoUid = Number(process.env.SUDO_UID ?? NaN)
  const folders = [runFolder(uid, process.env), ...(uid === 0 && sudoUid > 0 ? [runFolder(sudoUid, {})] : [])]
  const [found] = folders.flatMap((folder) => readRunFiles(folder, [uid, sudoUid]))
  if (found === undefined) {
    throw new EngineError(
      'ERR_NOT_RUNNING',
      'no ctscope of this user is running',
      'Give a capture file, or the link of a running one with --url.',
    )
  }
  return { base: new URL(`http://127.0.0.1:${found.port}`), token: found.token }
}

function fromLink(link: string): Running {
  const url = URL.canParse(link) ? new URL(link) : undefined
  const token = new URLSearchParams(url?.hash.slice(1)).get('token') ?? process.env.CTSCOPE_TOKEN
  if (url?.protocol !== 'http:') throw new UsageError(`--url takes a link of ctscope's, not ${JSON.stringify(link)}`)
  if (token === undefined || token === '') throw new UsageError('--url has no #token=…, and CTSCOPE_TOKEN is not set')
  return { base: new URL(url.origin), token }
}

/** The body of a GET under /api/v1, in pieces as they come. @throws EngineError with the server's own words */
export async function* getText(running: Running, path: string): AsyncGenerator<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(new URL(`/api/v1/${path}`, running.base), { headers: { authorization: `Bearer ${running.token}` } }, resolve)
      .on('error', (error) => {
        reject(new EngineError('ERR_NOT_RUNNING', `ctscope does not answer at ${running.base.origin} (${error.message})`, ''))
      })
      .end()
  })
  response.setEncoding('utf8')
  if (response.statusCode === 200) {
    yield* response as AsyncIterable<string>
    return
  }
  let body = ''
  for await (const piece of response as AsyncIterable<string>) body += piece
  throw errorOf(response.statusCode, body)
}

/** @throws EngineError */
export async function getJson<T>(running: Running, path: string): Promise<T> {
  let text = ''
  for await (const piece of getText(running, path)) text += piece
  return JSON.parse(text) as T
}

function errorOf(status: number | undefined, body: string): EngineError {
  try {
    const { code, message, hint } = JSON.parse(body) as { code: string; message: string; hint: string }
    return new EngineError(code, message, hint)
  } catch {
    return new EngineError('ERR_NOT_RUNNING', `what answers there is not ctscope (status ${status})`, '')
  }
}
