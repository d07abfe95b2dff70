/** Carries out an FTP scenario with its client and gives the commands that it sent. */
import { SERVER, urlHost } from '../addresses.ts'
import { FTP_FILES, FTP_USER } from '../ftp-server.ts'
import type { Lab } from '../lab.ts'
import { scriptArgv } from '../script.ts'
import type { FtpMode, FtpScenario } from './ftp-scenarios.ts'

const UPLOADED = 'uploaded.txt'

/** `localFile` is what an upload sends. Throws when the client says that it failed. */
export async function runFtp(lab: Lab, scenario: FtpScenario, localFile: string): Promise<string[]> {
  const { stdout, stderr } = await succeed(lab, argvOf(lab, scenario, localFile))
  if (scenario.client === 'script') return sent(JSON.parse(stdout) as string[], '> ')
  // curl's and lftp's dialogue is in what they write for people.
  return sent(stderr.split(/\r?\n/), scenario.client === 'curl' ? '> ' : '---> ')
}

async function succeed(lab: Lab, argv: string[]): Promise<{ stdout: string; stderr: string }> {
  const result = await lab.client.run(argv)
  if (result.code === 0) return result
  throw new Error(`${argv.join(' ')}: ${result.signal ?? `exit code ${result.code}`}\n${result.stderr}${result.stdout}`)
}

function sent(lines: readonly string[], mark: string): string[] {
  return lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length))
}

function argvOf(lab: Lab, scenario: FtpScenario, localFile: string): string[] {
  const host = SERVER[scenario.l3]
  switch (scenario.client) {
    case 'curl':
      return [
        'curl',
        '--silent',
        '--show-error',
        '--verbose',
        '--globoff',
        ...CURL_MODE[scenario.mode],
        ...curlTransfer(scenario, localFile),
      ]
    case 'lftp':
      return ['lftp', '-c', lftpCommands(scenario, localFile)]
    case 'script':
      return scriptArgv(lab.dir, 'ftp-client-main', host, scenario.mode, scenario.operation, FTP_FILES.big.name)
  }
}

const CURL_MODE: Record<FtpMode, string[]> = {
  PORT: ['--ftp-port', '-', '--disable-eprt'],
  EPRT: ['--ftp-port', '-'],
  PASV: ['--disable-epsv'],
  EPSV: [],
}

function curlTransfer({ l3, operation }: FtpScenario, localFile: string): string[] {
  const host = urlHost(SERVER[l3])
  const asUser = ['--user', `${FTP_USER.name}:${FTP_USER.password}`]
  if (operation === 'upload') return [...asUser, '--upload-file', localFile, `ftp://${host}/${UPLOADED}`]
  if (operation === 'listing') return [`ftp://${host}/`]
  return ['--output', '/dev/null', `ftp://${host}/${FTP_FILES.small.name}`]
}

/** Slow, and with a small receive buffer: what is in flight when it aborts is soon read. */
const LFTP_SLOW = 'set net:limit-rate 300k; set net:socket-buffer 65536; set xfer:clobber on; '

function lftpCommands({ l3, mode, operation }: FtpScenario, localFile: string): string {
  const isPassive = mode === 'PASV' || mode === 'EPSV'
  const set = `debug 5; set ftp:ssl-allow no; set net:max-retries 1; set ftp:passive-mode ${isPassive ? 'on' : 'off'}; set ftp:prefer-epsv ${mode === 'EPSV'}; `
  const open = `open -u ${FTP_USER.name},${FTP_USER.password} ftp://${urlHost(SERVER[l3])}; `
  switch (operation) {
    case 'upload':
      return `${set}${open}put ${localFile} -o ${UPLOADED}`
    case 'listing':
      return `${set}${open}ls`
    case 'download':
      return `${set}set xfer:clobber on; ${open}get ${FTP_FILES.small.name} -o /dev/null`
    case 'announcement':
      throw new Error('lftp negotiates only what it uses')
    case 'abort':
      return `${set}${LFTP_SLOW}${open}get ${FTP_FILES.big.name} -o /dev/null & sleep 1; kill all; sleep 1; exit`
  }
}
